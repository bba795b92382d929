import LogModel

/// Turns a frozen head into segments, one a day.
struct Sealer {
    let store: RocksStore
    let manifest: Manifest
    let options: Options

    /// A row of the head: its chunk and its place there.
    private struct RowPosition {
        var chunk: UInt32
        var row: UInt32
    }

    private struct Bucket: Hashable {
        var day: Int32
        var device: UInt32
        var session: UInt64
    }

    /// Seals `head` and removes it from the view, and its batches from staging, in one commit.
    ///
    /// - Returns: The number of blocks written.
    func seal(_ head: Head) throws(LogError) -> Int {
        let groups = head.parts.map { $0.makeRowGroup() }
        let (buckets, positions) = try sorted(groups)
        var begun: [SegmentRecord] = []
        var records: [SegmentRecord] = []
        do throws(LogError) {
            var start = 0
            while start < buckets.count {
                var end = start
                while end < buckets.count, buckets[end].day == buckets[start].day { end += 1 }
                let day = start..<end
                let rowCount = positions[day].reduce(0) { $0 + $1.count }
                let record = try manifest.begin(day: buckets[start].day, blockCountMax: UInt64(rowCount))
                begun.append(record)
                FailPoint.sealBegun.reached()
                records.append(try sealDay(record, of: head, buckets[day], positions[day], groups: groups))
                start = end
            }
        } catch {
            begun.forEach { manifest.abandon($0) }
            throw error
        }
        var batch = WriteBatch()
        try Staging.remove(before: head.endSequence, store: store, from: &batch)
        FailPoint.sealWritten.reached()
        try manifest.commit(adding: records, retiring: [], with: &batch, sealedHead: head)
        FailPoint.sealCommitted.reached()
        return records.reduce(0) { $0 + $1.blockCount }
    }

    private func sealDay(
        _ record: SegmentRecord, of head: Head, _ buckets: ArraySlice<Bucket>, _ positions: ArraySlice<[RowPosition]>,
        groups: [HeadRowGroup]
    ) throws(LogError) -> SegmentRecord {
        let writer = SegmentWriter(store, record: record, level: options.sealLevel)
        var assembler = BlockAssembler(
            writer, options: options, rowCount: record.blockNumbers.upperBound - record.blockNumbers.lowerBound,
            byteCount: UInt64(head.byteCount))
        for (bucket, positions) in zip(buckets, positions) {
            let stream = ResolvedStream(device: bucket.device, session: bucket.session)
            var start = 0
            while start < positions.count {
                let first = positions[start]
                var end = start + 1
                while end < positions.count, positions[end].chunk == first.chunk,
                    positions[end].row == first.row + UInt32(end - start)
                {
                    end += 1
                }
                let row = Int(first.row)
                try assembler.append(row..<(row + end - start), of: groups[Int(first.chunk)], stream: stream)
                start = end
            }
        }
        try assembler.finish()
        return try writer.finish()
    }

    /// The head's rows by (day, device, session), each in the order of time and then of commit.
    private func sorted(_ groups: [HeadRowGroup]) throws(LogError) -> ([Bucket], [[RowPosition]]) {
        var indexes: [Bucket: Int] = [:]
        var buckets: [Bucket] = []
        var positions: [[RowPosition]] = []
        for (chunk, group) in groups.enumerated() {
            let times = try group.times()
            for run in try group.streams() {
                var day: Int64?
                var index = 0
                for row in run.rows {
                    let rowDay = Timestamp(microseconds: times[row]).day
                    if rowDay != day {
                        day = rowDay
                        let bucket = Bucket(
                            day: Int32(truncatingIfNeeded: rowDay), device: run.device, session: run.session)
                        if let known = indexes[bucket] {
                            index = known
                        } else {
                            index = buckets.count
                            indexes[bucket] = index
                            buckets.append(bucket)
                            positions.append([])
                        }
                    }
                    positions[index].append(RowPosition(chunk: UInt32(chunk), row: UInt32(row)))
                }
            }
        }
        var columns: [UnsafeBufferPointer<Int64>] = []
        for group in groups { columns.append(try group.times()) }
        func time(_ position: RowPosition) -> Int64 { columns[Int(position.chunk)][Int(position.row)] }
        for index in positions.indices {
            let rows = positions[index]
            // Rows stand in the order of their commit; a stable sort by time keeps it among equals. Most devices log in
            // order, and then there is nothing to do.
            let isSorted = zip(rows, rows.dropFirst()).allSatisfy { time($0) <= time($1) }
            if !isSorted {
                positions[index] = rows.enumerated()
                    .sorted { (time($0.element), $0.offset) < (time($1.element), $1.offset) }
                    .map { $0.element }
            }
        }
        let order = buckets.indices.sorted {
            (buckets[$0].day, buckets[$0].device, buckets[$0].session)
                < (buckets[$1].day, buckets[$1].device, buckets[$1].session)
        }
        return (order.map { buckets[$0] }, order.map { positions[$0] })
    }
}
