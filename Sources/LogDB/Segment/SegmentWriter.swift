import LogModel

/// Writes the blocks of one new segment. Nothing reads them until `Manifest.commit` makes the segment live, so they are
/// written as they come, without a sync; the commit's sync covers them.
final class SegmentWriter {
    private let store: RocksStore
    private var record: SegmentRecord
    private var builder: BlockBuilder
    private var directory = SegmentDirectory(strings: StringTable(), blocks: [])
    private var words = WordIndexBuilder()
    private var pending = WriteBatch()
    private var blockWords = WordSet()
    private var tokenScratch: [UInt8] = []

    /// Bytes that are gathered before they are written.
    private static let pendingByteCountMax = 4 << 20

    /// - Parameters:
    ///   - record: From `Manifest.begin`.
    ///   - level: The zstd level of the columns.
    init(_ store: RocksStore, record: SegmentRecord, level: Int) {
        self.store = store
        self.record = record
        builder = BlockBuilder(level: level)
    }

    /// Adds one block.
    ///
    /// - Parameter rows: Sorted by (device, session, time, sequence), all of the segment's day, at least one.
    func add(_ rows: Rows) throws(LogError) {
        let number = record.blockNumbers.lowerBound + UInt64(record.blockCount)
        precondition(number < record.blockNumbers.upperBound, "the segment has no block number left")
        let block = builder.build(rows, number: number, strings: &directory.strings)
        collectWords(rows.batch.messages)
        words.add(blockWords, block: record.blockCount)
        for (id, bytes) in block.columns {
            pending.put(store, .blocks, KeyLayout.column(block.summary.key, id.rawValue), bytes)
            record.columnByteCounts[min(id.rawValue, ColumnID.firstContext), default: 0] += UInt64(bytes.count)
        }
        directory.blocks.append(block.summary)
        record.blockCount += 1
        record.rowCount += UInt64(rows.count)
        record.timeMin = min(record.timeMin, block.summary.timeMin)
        record.timeMax = max(record.timeMax, block.summary.timeMax)
        for (level, count) in block.summary.levelCounts.enumerated() { record.levelCounts[level] += UInt64(count) }
        record.rawByteCount += UInt64(block.summary.rawByteCount)
        if pending.byteCount >= SegmentWriter.pendingByteCountMax { try flush() }
    }

    private func collectWords(_ messages: ByteColumn) {
        blockWords.removeAll()
        messages.bytes.withUnsafeBytes { bytes in
            for index in 0..<messages.count {
                blockWords.insertWords(
                    of: UnsafeRawBufferPointer(rebasing: bytes[messages.range(index)]), scratch: &tokenScratch)
            }
        }
    }

    private func flush() throws(LogError) {
        try store.write(pending, synced: false)
        pending.clear()
    }

    /// Writes what is left: the directory and the index.
    ///
    /// - Returns: The segment's record, live, for `Manifest.commit`.
    func finish() throws(LogError) -> SegmentRecord {
        let directoryBytes = directory.encode()
        pending.put(store, .segments, KeyLayout.segmentDirectory(record.id), directoryBytes)
        record.directoryByteCount = UInt64(directoryBytes.count)
        for (page, bytes) in words.finish(blockCount: record.blockCount).pages.enumerated() {
            pending.put(
                store, .postings, KeyLayout.postings(day: record.day, segment: record.id, page: UInt32(page)), bytes)
            record.postingPageCount += 1
            record.postingByteCount += UInt64(bytes.count)
            if pending.byteCount >= SegmentWriter.pendingByteCountMax { try flush() }
        }
        try flush()
        record.state = .live
        return record
    }
}
