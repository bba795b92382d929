/// Takes the blocks, index and records of segments that nothing reads any more off the disk.
struct SegmentRemoval {
    let store: RocksStore
    let directories: DirectoryCache

    private static let batchByteCountMax = 1 << 20

    /// Removes a segment whose record says it is retired, or was never finished. May be repeated after a crash: the record
    /// goes last.
    ///
    /// - Parameter isDayEmpty: No other segment of the day is left: whole files may be dropped.
    func remove(_ record: SegmentRecord, isDayEmpty: Bool) throws(LogError) {
        if isDayEmpty {
            let (from, to) = (KeyLayout.day(record.day), KeyLayout.end(of: KeyLayout.day(record.day)))
            try store.deleteFiles(.blocks, from: from, to: to)
            try store.deleteFiles(.postings, from: from, to: to)
        }
        var batch = WriteBatch()
        for key in try columnKeys(record) {
            batch.delete(store, .blocks, key)
            if batch.byteCount > SegmentRemoval.batchByteCountMax {
                try store.write(batch, synced: false)
                batch.clear()
            }
        }
        for key in try postingKeys(record) { batch.delete(store, .postings, key) }
        batch.delete(store, .segments, KeyLayout.segmentDirectory(record.id))
        batch.delete(store, .segments, KeyLayout.segmentTemplates(record.id))
        batch.delete(store, .segments, KeyLayout.segmentRecord(record.id))
        try store.write(batch, synced: false)
        directories.remove(record.id)
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
                return directory.blocks.flatMap { block in
                    block.columns.map { KeyLayout.column(block.key, $0.id.rawValue) }
                }
            }
        }
        var keys: [[UInt8]] = []
        let prefix = KeyLayout.day(record.day)
        try store.forEach(.blocks, from: prefix, to: KeyLayout.end(of: prefix)) { (key, _) throws(LogError) in
            // The block's number stands before the column's.
            let number = UInt64(bigEndian: key.loadUnaligned(fromByteOffset: key.count - 10, as: UInt64.self))
            if record.blockNumbers.contains(number) { keys.append(Array(key)) }
            return true
        }
        return keys
    }

    private func postingKeys(_ record: SegmentRecord) throws(LogError) -> [[UInt8]] {
        var keys: [[UInt8]] = []
        let first = KeyLayout.postings(day: record.day, segment: record.id, page: 0)
        let last = KeyLayout.postings(day: record.day, segment: record.id, page: .max)
        try store.forEach(.postings, from: first, to: last) { (key, _) throws(LogError) in
            keys.append(Array(key))
            return true
        }
        return keys
    }
}
