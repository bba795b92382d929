import LogModel
import Testing

@testable import LogDB

struct MessageColumnTests {
    private func sample(_ messages: [[UInt8]]) -> BlockSample {
        BlockSample(Rows.sample(messages.map { RawEntry(message: $0) }))
    }

    private func messages(_ sample: BlockSample) throws -> [[UInt8]] {
        let group = sample.open()
        let view = try group.messages()
        return withExtendedLifetime(group) { (0..<view.count).map { Array(view[$0]) } }
    }

    @Test func messagesComeBack() throws {
        var random = SeededGenerator(seed: 5)
        let words = ["GPS", "weak", "blk_", "0x", "état", "(", ")", "-", ".", " ", " ", "_", "\u{0}", "\u{3}", ""]
        for _ in 0..<40 {
            let entries = (0..<300).map { _ -> [UInt8] in
                var text: [UInt8] = []
                for _ in 0..<Int.random(in: 0..<12, using: &random) {
                    switch Int.random(in: 0..<6, using: &random) {
                    case 0: text += Array(String(UInt64.random(in: 0...(.max), using: &random)).utf8)
                    case 1: text += Array(String(UInt8.random(in: 0...(.max), using: &random)).utf8)
                    case 2: text += Array(String(UInt64.random(in: 0...(.max), using: &random), radix: 16).utf8)
                    case 3:
                        text += (0..<3).map { _ in UInt8.random(in: 0...(.max), using: &random) }
                    default: text += Array(words.randomElement(using: &random)!.utf8)
                    }
                }
                return text
            }
            #expect(try messages(sample(entries)) == entries)
        }
    }

    /// Slots of one value, of few, of many, and of text.
    @Test func everyStorageComesBack() throws {
        let entries = (0..<1_000).map { row in
            Array(
                "same 42 few \(row % 3 * 1_000) many \(row * 7_919 % 1_000) v\(row % 11)x\(row % 5)y id \(row)a9f0c1"
                    .utf8)
        }
        let sample = sample(entries)
        #expect(try messages(sample) == entries)
        let templates = try MemoryColumnSource(columns: [:], storedTemplates: sample.templates).templates()
        #expect(templates.count < 10)
        #expect(Set(templates.slots.map(\.storage)) == [.packed, .dictionary, .text])
        let rowCounts = (0..<templates.count).map { template in
            (0..<MessageTemplates.levelCount).reduce(0) {
                $0 + templates.levelCounts[template * MessageTemplates.levelCount + $1]
            }
        }
        #expect(rowCounts.reduce(0, +) == 1_000)
        #expect(rowCounts == rowCounts.sorted(by: >))
    }

    /// Messages that have nothing in common fill the table and are kept whole from then on.
    @Test func theNumberOfTemplatesIsBounded() throws {
        var collector = MessageCollector()
        var words = WordSet()
        var column = ByteColumn()
        let count = MessageCollector.templateCountMax + 500
        func message(_ row: Int) -> [UInt8] {
            // Letters only, so that each is a template of its own.
            Array(String(row, radix: 16).utf8.map { $0 < 0x40 ? $0 + 0x37 : $0 })
        }
        for row in 0..<count { message(row).withUnsafeBytes { column.append($0) } }
        _ = collector.addAll(column, levels: [UInt8](repeating: 2, count: count), words: &words)
        collector.endBlock()
        var stored: [UInt8] = []
        let templates = try collector.finish(segment: 1, level: 1) { (_, bytes) throws(LogError) in stored = bytes }
        #expect(templates.count == MessageCollector.templateCountMax)
        var decompressor = ZstdDecompressor()
        try stored.withUnsafeBytes { raw in
            var reader = ByteReader(try Checksummed.open(raw, location: "test"))
            let decoded = try MessageColumn(
                &reader, rowCount: count, templates: templates, textByteCountMax: 1 << 20,
                location: { "test" }, decompressor: &decompressor)
            var texts = ByteColumn()
            try decoded.append(Array(0..<count), to: &texts)
            #expect((0..<count).allSatisfy { texts[$0] == message($0) })
        }
    }

    /// A column whose content is another than its templates say is found out, whatever it is.
    @Test func contentThatDoesNotFitIsDamage() throws {
        let good = sample((0..<500).map { Array("value \($0 * 31 % 977) of v\($0 % 7)q\($0 % 3)z".utf8) })
        let column = good.columns[ColumnID.message.rawValue]!
        var random = SeededGenerator(seed: 3)
        for _ in 0..<300 {
            var content = Array(column.dropLast(4))
            switch Int.random(in: 0..<3, using: &random) {
            case 0: content.removeLast(Int.random(in: 1...content.count, using: &random))
            case 1: content.append(contentsOf: [1, 2, 3])
            default:
                content[Int.random(in: content.indices, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
            }
            var damaged = good
            damaged.replace(ColumnID.message.rawValue, content)
            // Detected, or harmless: never a trap.
            do { _ = try messages(damaged) } catch let error as LogError { #expect(error.code == .corruption) }
        }
    }
}
