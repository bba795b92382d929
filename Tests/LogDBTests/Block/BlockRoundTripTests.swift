import LogModel
import Testing

@testable import LogDB

/// What goes into a block comes out of it, byte for byte.
struct BlockRoundTripTests {
    private func expectRoundTrip(_ entries: [RawEntry], level: Int = 3, _ comment: Comment? = nil) throws {
        let rows = Rows.sample(entries)
        let block = BlockSample(rows, level: level)
        let found = try block.rows()
        #expect(found.raw == entries.map(\.normalized), comment)
        #expect(found.keys == rows.keys, comment)
        #expect(found.received == rows.received, comment)
        try block.readAll()
        // As stores keep it, and rows one by one and a few at a time, in any order.
        let shared = BlockSample(rows, level: level, isShared: true)
        #expect(try shared.rows().raw == found.raw, comment)
        var generator = SeededGenerator(seed: UInt64(entries.count))
        for count in [1, 1 + entries.count / 9] {
            let picked = (0..<count).map { _ in Int.random(in: 0..<entries.count, using: &generator) }
            let some = try shared.rows(picked)
            #expect(some.raw == picked.map { entries[$0].normalized }, comment)
            #expect(some.keys == picked.map { rows.keys[$0] }, comment)
            #expect(some.received == picked.map { rows.received[$0] }, comment)
        }
    }

    @Test func oneEmptyEntry() throws { try expectRoundTrip([RawEntry()]) }

    @Test(arguments: 0..<12)
    func anyBytes(_ seed: Int) throws {
        var random = RawEntryRandom(seed: UInt64(seed))
        try expectRoundTrip(random.entries([1, 2, 7, 8, 9, 300][seed % 6]), level: 1 + seed % 4, "seed \(seed)")
    }

    @Test func moreContextKeysThanColumns() throws {
        var random = RawEntryRandom(seed: 77)
        random.keyCount = 400
        random.attributeCountMax = 40
        let entries = random.entries(300)
        let block = BlockSample(Rows.sample(entries))
        #expect(block.summary.contextKeys.count == BlockBuilder.contextColumnCountMax)
        #expect(block.summary.otherContextRowCount > 0)
        try expectRoundTrip(entries)
    }

    @Test func keysThatAreNewInEveryEntry() throws {
        let entries = (0..<400).map { index in
            RawEntry(context: [.init(key: Array("key-\(index)".utf8), value: Array("\(index)".utf8))])
        }
        try expectRoundTrip(entries)
    }

    @Test func aSparseKeyAndAnEmptyKeyAndAnEmptyValue() throws {
        var entries = [RawEntry](repeating: RawEntry(), count: 1_000)
        entries[0].context = [.init(key: [], value: [])]
        entries[999].context = [.init(key: Array("rare".utf8), value: []), .init(key: [], value: [0])]
        try expectRoundTrip(entries)
    }

    @Test func messagesOfAMebibyte() throws {
        var generator = SeededGenerator(seed: 8)
        let random = (0..<(1 << 20)).map { _ in UInt8.random(in: 0...255, using: &generator) }
        try expectRoundTrip([
            RawEntry(message: random), RawEntry(), RawEntry(message: [UInt8](repeating: 0x20, count: 1 << 20)),
        ])
    }

    @Test func theSummaryCountsWhatTheRowsSay() throws {
        var random = RawEntryRandom(seed: 5)
        let entries = random.entries(500)
        let block = BlockSample(Rows.sample(entries))
        let summary = block.summary
        #expect(summary.rowCount == 500)
        #expect(summary.timeMin == entries.map(\.time).min())
        #expect(summary.timeMax == entries.map(\.time).max())
        for level in Level.allCases {
            #expect(Int(summary.levelCounts[Int(level.rawValue)]) == entries.filter { $0.level == level }.count)
        }
        let modules = Dictionary(grouping: entries, by: { $0.identifiers[0] }).mapValues(\.count)
        #expect(summary.moduleCounts.count == modules.count)
        for (module, rows) in summary.moduleCounts { #expect(modules[block.strings[Int(module)]] == Int(rows)) }
        let keys = entries.flatMap { $0.context.map(\.key) }
        let keyCounts = Dictionary(grouping: keys, by: { $0 }).mapValues(\.count)
        #expect(summary.contextKeys.count == keyCounts.count)
        for (key, rows) in summary.contextKeys { #expect(keyCounts[block.strings[Int(key)]] == Int(rows)) }
        #expect(summary.byteCount == block.columns.values.reduce(0) { $0 + $1.count })
    }
}
