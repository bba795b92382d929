/// Takes the blocks, index and records of segments that nothing reads any more off the disk.
struct SegmentRemoval {
    let store: RocksStore
    let directories: SegmentCache
    let columns: BlockColumnCache
    let cold: ColdStore

    private static let batchByteCountMax = 1 << 20

    /// Removes a segment whose record says it is retired, or was never finished. May be repeated after a crash: the record
    /// goes last. The last segment of a day takes all of the day with it.
    func remove(_ record: SegmentRecord, _ remover: SegmentRemover) throws(LogError) {
        if let key = record.coldKey { try cold.remove(key) }
        var end: (block: UInt64, segment: UInt64)?
        _ = try remover.ifUnused(day: record.day) { () throws(LogError) in
            end = (
                try Manifest.nextNumber(KeyLayout.nextBlock, store) ?? record.blockNumbers.upperBound,
                try Manifest.nextNumber(KeyLayout.nextSegment, store) ?? record.id + 1
            )
            let (from, to) = (KeyLayout.day(record.day), KeyLayout.end(of: KeyLayout.day(record.day)))
            try store.deleteFiles(.blocks, from: from, to: to)
            try store.deleteFiles(.postings, from: from, to: to)
        }
        if let end {
            // Files that reach into other days keep the day's keys, also some whose deletion stood in a dropped file.
            try delete(.blocks, try blockKeys(of: record.day, numbers: 0..<end.block))
            try delete(.postings, try postingKeys(of: record.day, segments: 0..<end.segment))
        } else {
            if record.coldKey == nil { try delete(.blocks, try columnKeys(record)) }
            try delete(.postings, try postingKeys(of: record.day, segments: record.id..<(record.id + 1)))
        }
        FailPoint.removeHalfDone.reached()
        var batch = WriteBatch()
        batch.delete(store, .segments, KeyLayout.segmentDirectory(record.id))
        batch.delete(store, .segments, KeyLayout.segmentTemplates(record.id))
        batch.delete(store, .segments, KeyLayout.segmentCensus(record.id))
        batch.delete(store, .segments, KeyLayout.segmentRecord(record.id))
        try store.write(batch, synced: false)
        FailPoint.removeDone.reached()
        directories.remove(record.id)
        columns.remove(record.blockNumbers)
    }

    /// The keys of the segment's columns: from its directory, or, where it was not finished or does not read, by looking
    /// at the day's keys for its block numbers.
    private func columnKeys(_ record: SegmentRecord) throws(LogError) -> [[UInt8]] {
        if record.state == .retired {
            let directory = try store.withValue(.segments, KeyLayout.segmentDirectory(record.id)) {
                (bytes) throws(LogError) -> SegmentDirectory? in
                guard let bytes else { return nil }
                return try? SegmentDirectory.decode(bytes, segment: record.id)
            }
            if let directory {
                return directory.blocks.flatMap(\.storedKeys)
            }
        }
        return try blockKeys(of: record.day, numbers: record.blockNumbers)
    }

    private func blockKeys(of day: Int32, numbers: Range<UInt64>) throws(LogError) -> [[UInt8]] {
        var keys: [[UInt8]] = []
        let prefix = KeyLayout.day(day)
        try store.forEach(.blocks, from: prefix, to: KeyLayout.end(of: prefix)) { (key, _) throws(LogError) in
            // The block's number stands before the column's.
            let number = try KeyLayout.number(UnsafeRawBufferPointer(rebasing: key.dropLast(2)))
            if numbers.contains(number) { keys.append(Array(key)) }
            return true
        }
        return keys
    }

    private func postingKeys(of day: Int32, segments: Range<UInt64>) throws(LogError) -> [[UInt8]] {
        var keys: [[UInt8]] = []
        let first = KeyLayout.postings(day: day, segment: segments.lowerBound, page: 0)
        let last = KeyLayout.postings(day: day, segment: segments.upperBound, page: 0)
        try store.forEach(.postings, from: first, to: last) { (key, _) throws(LogError) in
            keys.append(Array(key))
            return true
        }
        return keys
    }

    private func delete(_ family: StoreFamily, _ keys: [[UInt8]]) throws(LogError) {
        var batch = WriteBatch()
        for key in keys {
            batch.delete(store, family, key)
            if batch.byteCount > SegmentRemoval.batchByteCountMax {
                try store.write(batch, synced: false)
                batch.clear()
            }
        }
        try store.write(batch, synced: false)
    }
}
