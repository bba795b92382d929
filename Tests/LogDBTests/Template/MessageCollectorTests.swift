import LogModel
import Testing

@testable import LogDB

/// Messages that are taken from a stored column are the same, with the same words, as when they are taken as text.
struct MessageCollectorTests {
    private struct Outcome {
        var messages: [[UInt8]]
        var words: Set<UInt64>
        var byteCount: Int
        var column: MessageColumn
    }

    private func words(_ set: WordSet) -> Set<UInt64> {
        var words: Set<UInt64> = []
        set.forEach { words.insert($0) }
        return words
    }

    private func finish(
        _ collector: inout MessageCollector, _ set: WordSet, byteCount: Int, rowCount: Int, segment: UInt64
    ) throws -> Outcome {
        collector.endBlock()
        var stored: [UInt8] = []
        let templates = try collector.finish(segment: segment, level: 1) { (_, bytes) throws(LogError) in stored = bytes
        }
        var decompressor = ZstdDecompressor()
        return try stored.withUnsafeBytes { raw in
            var reader = ByteReader(try Checksummed.open(raw, location: "test"))
            let column = try MessageColumn(
                &reader, rowCount: rowCount, templates: templates, textByteCountMax: 1 << 24,
                location: { "test" }, decompressor: &decompressor)
            let messages = try (0..<rowCount).map { try column.message($0) }
            return Outcome(messages: messages, words: words(set), byteCount: byteCount, column: column)
        }
    }

    private func takeText(_ messages: [[UInt8]]) throws -> Outcome {
        var collector = MessageCollector()
        var set = WordSet()
        let byteCount = collector.addAll(
            ByteColumn(messages), levels: [UInt8](repeating: 1, count: messages.count), words: &set)
        return try finish(&collector, set, byteCount: byteCount, rowCount: messages.count, segment: 1)
    }

    private func takeColumn(_ column: MessageColumn, rows: [Range<Int>]) throws -> Outcome {
        var collector = MessageCollector()
        var set = WordSet()
        var byteCount = 0
        let levels = [UInt8](repeating: 1, count: rows.reduce(0) { $0 + $1.count })
        for range in rows {
            byteCount += try levels.withUnsafeBufferPointer {
                try collector.add(column, range, levels: $0.baseAddress!, words: &set)
            }
        }
        return try finish(&collector, set, byteCount: byteCount, rowCount: levels.count, segment: 2)
    }

    private static let pieces = [
        "GPS", "weak_", "blk_", "0x", "état", "(", ")", "-", ".", " ", " ", "_", "\u{0}", "\u{3}", "", "É", "user",
        "K\u{212a}",
    ]

    private func message(_ random: inout SeededGenerator) -> [UInt8] {
        var text = ""
        for _ in 0..<Int.random(in: 0..<10, using: &random) {
            switch Int.random(in: 0..<9, using: &random) {
            case 0: text += String(UInt64.random(in: 0...(.max), using: &random))
            case 1: text += String(UInt8.random(in: 0...(.max), using: &random))
            case 2: text += String(UInt64.random(in: 0...(.max), using: &random), radix: 16)
            case 3: text += String(UInt64.random(in: 0...(.max), using: &random), radix: 16, uppercase: true)
            case 4: text += "v\(UInt8.random(in: 0...9, using: &random))XyZ8\(UInt8.random(in: 0...9, using: &random))q"
            case 5:
                text +=
                    "67e55044-10b1-426f-9247-bb680e5f\(String(UInt16.random(in: 0x1000...(.max), using: &random), radix: 16))"
            default: text += Self.pieces.randomElement(using: &random)!
            }
        }
        return Array(text.utf8)
    }

    @Test(arguments: 0..<8)
    func aColumnIsTakenAsItsTextWouldBe(_ seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        var messages = (0..<400).map { _ in message(&random) }
        messages.append((0..<40).map { _ in UInt8.random(in: 0...(.max), using: &random) })
        messages.append(Array(String(repeating: "long 12 ", count: 700).utf8))
        let fromText = try takeText(messages)
        #expect(fromText.messages == messages)
        #expect(fromText.byteCount == messages.reduce(0) { $0 + $1.count })
        var expectedWords = WordSet()
        var scratch: [UInt8] = []
        for message in messages {
            message.withUnsafeBytes { expectedWords.insertWords(of: $0, scratch: &scratch) }
        }
        #expect(fromText.words == words(expectedWords))

        let fromColumn = try takeColumn(fromText.column, rows: [0..<messages.count])
        #expect(fromColumn.messages == messages)
        #expect(fromColumn.words == fromText.words)
        #expect(fromColumn.byteCount == fromText.byteCount)

        let parts = [100..<150, 0..<40, 399..<402]
        let chosen = parts.flatMap { messages[$0] }
        let fromParts = try takeColumn(fromText.column, rows: parts)
        #expect(fromParts.messages == chosen)
        #expect(fromParts.words == (try takeText(chosen)).words)
    }

    /// A segment whose templates fill the table keeps the messages of others whole, wherever they come from.
    @Test func templatesThatFindNoRoomAreKeptWhole() throws {
        let count = MessageCollector.templateCountMax
        // Letters only, so that each is a template of its own.
        let messages = (0..<(count + 300)).map { row in
            Array(String(row, radix: 16).utf8.map { $0 < 0x40 ? $0 + 0x37 : $0 })
        }
        let first = try takeText(Array(messages[..<count]))
        let second = try takeText(Array(messages[(count - 200)...]))
        var collector = MessageCollector()
        var set = WordSet()
        var byteCount = 0
        let levels = [UInt8](repeating: 1, count: count)
        try levels.withUnsafeBufferPointer { levels in
            byteCount += try collector.add(first.column, 0..<count, levels: levels.baseAddress!, words: &set)
            byteCount += try collector.add(second.column, 0..<500, levels: levels.baseAddress!, words: &set)
        }
        let merged = try finish(&collector, set, byteCount: byteCount, rowCount: count + 500, segment: 3)
        #expect(merged.messages == Array(messages[..<count]) + Array(messages[(count - 200)...]))
        #expect(merged.words == first.words.union(second.words))
        #expect(merged.column.templates.count == count)
    }
}
