import LogModel

/// Reads all of a segment's blocks, one after the other, and holds each against its summary: what the summary says is worked
/// out anew from the columns, the same way as when a block is written.
struct BlockCheck: ~Copyable {
    private var builder = BlockBuilder(level: 1)
    private let day: Int32
    private var census: SegmentCensusBuilder
    private let templates: MessageTemplates
    /// Rows by template and level, as `MessageTemplates.levelCounts`.
    private var templateCounts: [UInt32]
    private var scratch: [UInt8] = []
    /// The words and values of the last block.
    private(set) var words = WordSet()

    init(day: Int32, templates: MessageTemplates) {
        self.day = day
        census = SegmentCensusBuilder(day: day)
        self.templates = templates
        templateCounts = [UInt32](repeating: 0, count: templates.levelCounts.count)
    }

    /// Reads a block.
    ///
    /// - Returns: What its summary has wrong; nil when they agree.
    /// - Throws: What reading it throws.
    mutating func check(
        _ group: BlockRowGroup, _ summary: BlockSummary, strings: StringTable
    ) throws(LogError) -> String? {
        words.removeAll()
        var ownStrings = StringTable()
        let rows = BlockRows(group)
        let block = try builder.build(rows, number: summary.key.number, strings: &ownStrings, words: &words)
        let byteCount = try readMessages(group)
        let times = builder.gathered.times.view
        let first = Int64(day) &* Timestamp.microsecondsPerDay
        guard summary.key.day == day, times.allSatisfy({ $0 >= first && $0 - first < Timestamp.microsecondsPerDay })
        else {
            return "an entry is of another day"
        }
        guard builder.gathered.levels.view.allSatisfy({ Int($0) < SegmentCensus.levelCount }) else {
            return "an entry has a level that is none"
        }
        census.add(builder.gathered)
        return BlockCheck.contradiction(
            summary, strings, block.summary, ownStrings, rawByteCount: block.summary.rawByteCount + byteCount)
    }

    private mutating func readMessages(_ group: BlockRowGroup) throws(LogError) -> Int {
        let levels = builder.gathered.levels.view
        if let column = try group.messageColumn() {
            for (row, template) in column.codes.view.enumerated() {
                templateCounts[Int(template) * MessageTemplates.levelCount + Int(levels[row])] += 1
            }
        }
        let messages = try group.messages()
        var byteCount = 0
        for row in 0..<messages.count {
            byteCount += messages[row].count
            words.insertWords(of: messages[row], scratch: &scratch)
        }
        return byteCount
    }

    private static func contradiction(
        _ stored: BlockSummary, _ storedStrings: StringTable, _ found: BlockSummary, _ foundStrings: StringTable,
        rawByteCount: Int
    ) -> String? {
        func named(_ counts: [(UInt32, UInt32)], _ strings: StringTable) -> [[UInt8]: UInt32] {
            Dictionary(counts.map { (strings[Int($0.0)], $0.1) }) { $0 &+ $1 }
        }
        if stored.key != found.key { return "its key is not that of its first entry" }
        if (stored.lastDevice, stored.lastSession) != (found.lastDevice, found.lastSession) {
            return "its last stream is not that of its last entry"
        }
        if stored.timeMin != found.timeMin || stored.timeMax != found.timeMax { return "its times are others" }
        if stored.levelCounts != found.levelCounts { return "its entries have other levels" }
        if named(stored.moduleCounts.map { ($0.module, $0.rows) }, storedStrings)
            != named(found.moduleCounts.map { ($0.module, $0.rows) }, foundStrings)
        {
            return "its entries are of other modules"
        }
        if named(stored.contextKeys.map { ($0.key, $0.rows) }, storedStrings)
            != named(found.contextKeys.map { ($0.key, $0.rows) }, foundStrings)
            || stored.otherContextRowCount != found.otherContextRowCount
        {
            return "its entries have other context"
        }
        if stored.rawByteCount != rawByteCount { return "its entries are of another size" }
        return nil
    }

    /// After all blocks: what the census has wrong; nil when it agrees.
    func contradiction(of stored: SegmentCensus) -> String? {
        let found = census.finish()
        if stored.minutes != found.minutes || stored.levelCounts != found.levelCounts {
            return "the rows by minute and level are not those of the blocks"
        }
        return stored.streams == found.streams ? nil : "the rows by stream are not those of the blocks"
    }

    /// After all blocks: whether the templates' counts are those of the rows.
    var agreesWithTemplates: Bool { templateCounts == templates.levelCounts }
}
