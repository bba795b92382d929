import LogModel

/// Writes the blocks of one new segment, to the hot store or to a file for the cold tier. Nothing reads them until `Manifest.commit` makes the segment live, so they are
/// written as they come, without a sync; the commit's sync covers them.
final class SegmentWriter {
    private let store: RocksStore
    private var record: SegmentRecord
    private var builder: BlockBuilder
    private var directory = SegmentDirectory(strings: StringTable(), blocks: [])
    private var messages = MessageCollector()
    private var census: SegmentCensusBuilder
    private var words = WordIndexBuilder()
    private let level: Int
    private var pending = WriteBatch()
    private var blockWords = WordSet()
    /// Takes the columns in place of the store.
    private let file: ColdSegmentFile?
    /// Of the file, once it is finished.
    private(set) var hash: [UInt8] = []

    /// Bytes that are gathered before they are written.
    private static let pendingByteCountMax = 4 << 20

    /// - Parameters:
    ///   - record: From `Manifest.begin`.
    ///   - level: The zstd level of the columns.
    ///   - file: Takes the columns of a segment of the cold tier.
    init(_ store: RocksStore, record: SegmentRecord, level: Int, file: ColdSegmentFile? = nil) {
        self.file = file
        self.store = store
        self.record = record
        census = SegmentCensusBuilder(day: record.day)
        self.level = level
        builder = BlockBuilder(level: level)
    }

    /// Adds one block.
    ///
    /// - Parameter rows: Sorted by (device, session, time, sequence), all of the segment's day, at least one.
    /// - Throws: What reading the rows throws, `.io`.
    func add(_ rows: BlockRows) throws(LogError) {
        let number = record.blockNumbers.lowerBound + UInt64(record.blockCount)
        precondition(number < record.blockNumbers.upperBound, "the segment has no block number left")
        blockWords.removeAll()
        var block = try builder.build(rows, number: number, strings: &directory.strings, words: &blockWords)
        block.summary.rawByteCount += try addMessages(rows)
        census.add(builder.gathered)
        words.add(blockWords, block: record.blockCount)
        if let file {
            for (id, _) in block.summary.storedColumns {
                try file.append(block.values.first { $0.id == id }!.bytes)
            }
        } else {
            for (id, bytes) in block.values {
                pending.put(store, .blocks, KeyLayout.column(block.summary.key, id.rawValue), bytes)
            }
        }
        for (id, byteCount) in block.summary.columns {
            record.columnByteCounts[min(id.rawValue, ColumnID.firstContext), default: 0] += UInt64(byteCount)
        }
        directory.blocks.append(block.summary)
        record.blockCount += 1
        record.rowCount += UInt64(rows.count)
        record.timeMin = min(record.timeMin, block.summary.timeMin)
        record.timeMax = max(record.timeMax, block.summary.timeMax)
        record.receivedMax = builder.gathered.received.view.reduce(record.receivedMax) { max($0, $1) }
        for (level, count) in block.summary.levelCounts.enumerated() { record.levelCounts[level] += UInt64(count) }
        record.rawByteCount += UInt64(block.summary.rawByteCount)
        if pending.byteCount >= SegmentWriter.pendingByteCountMax { try flush() }
    }

    /// - Returns: The bytes of the messages.
    private func addMessages(_ rows: BlockRows) throws(LogError) -> Int {
        var byteCount = 0
        var row = 0
        for span in rows.spans {
            let group = rows.groups[span.group]
            let levels = builder.gathered.levels.view.baseAddress! + row
            if let column = try group.messageColumn() {
                byteCount += try messages.add(column, span.rows, levels: levels, words: &blockWords)
            } else {
                byteCount += messages.add(try group.messages(), span.rows, levels: levels, words: &blockWords)
            }
            row += span.rows.count
        }
        messages.endBlock()
        return byteCount
    }

    private func flush() throws(LogError) {
        try store.write(pending, synced: false)
        pending.clear()
    }

    /// Writes what is left: the messages, their templates, the census, the directory and the index.
    ///
    /// - Returns: The segment's record, live, for `Manifest.commit`.
    func finish() throws(LogError) -> SegmentRecord {
        let templates = try messages.finish(segment: record.id, level: level) { (index, bytes) throws(LogError) in
            if let file {
                try file.append(bytes)
            } else {
                pending.put(
                    store, .blocks, KeyLayout.column(directory.blocks[index].key, ColumnID.message.rawValue), bytes)
            }
            directory.blocks[index].columns.append((.message, UInt32(bytes.count)))
            record.columnByteCounts[ColumnID.message.rawValue, default: 0] += UInt64(bytes.count)
            if pending.byteCount >= SegmentWriter.pendingByteCountMax { try flush() }
        }
        let templateBytes = templates.encode(level: level)
        pending.put(store, .segments, KeyLayout.segmentTemplates(record.id), templateBytes)
        record.templateByteCount = UInt64(templateBytes.count)
        let censusBytes = census.finish().encode(day: record.day, level: level)
        pending.put(store, .segments, KeyLayout.segmentCensus(record.id), censusBytes)
        record.censusByteCount = UInt64(censusBytes.count)
        let directoryBytes = directory.encode()
        pending.put(store, .segments, KeyLayout.segmentDirectory(record.id), directoryBytes)
        record.directoryByteCount = UInt64(directoryBytes.count)
        let pages = words.finish(blockCount: record.blockCount).pages
        for (page, bytes) in pages.enumerated() {
            pending.put(
                store, .postings, KeyLayout.postings(day: record.day, segment: record.id, page: UInt32(page)), bytes)
            record.postingPageCount += 1
            record.postingByteCount += UInt64(bytes.count)
            if pending.byteCount >= SegmentWriter.pendingByteCountMax { try flush() }
        }
        try flush()
        record.state = .live
        if let file {
            hash = try file.finish([templateBytes, directoryBytes, censusBytes] + pages, record: record)
            record.coldByteCount = file.byteCount
        }
        return record
    }
}
