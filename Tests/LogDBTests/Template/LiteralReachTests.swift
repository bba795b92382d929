import LogModel
import Testing

@testable import LogDB

struct LiteralReachTests {
    private func templates(_ messages: [String]) throws -> MessageTemplates {
        let sample = BlockSample(Rows.sample(messages.map { RawEntry(message: Array($0.utf8)) }))
        return try MemoryColumnSource(columns: [:], storedTemplates: sample.templates).templates()
    }

    @Test(arguments: [
        ("Received block blk_12 of 7", "block", true), ("Received block blk_12 of 7", "blk_998", true),
        ("Received block blk_12 of 7", "k_3 of 12345", true), ("Received block blk_12 of 7", "received  block", false),
        ("Received block blk_12 of 7", "blk_a", false), ("Received block blk_12 of 7", "3 to", false),
        ("took 5ms", "45m", true), ("took 5ms", "45s", false), ("id 3fa9c1d2", "dead", true),
        ("id 3fa9c1d2", "dear", false), ("id v1x2y3", "dear", true), ("id v1x2y3", "a-b", false),
        ("id fb4ac192-a5f0-39c2-e2c3-35ba5ced3583", "beef-dead", true),
        ("id fb4ac192-a5f0-39c2-e2c3-35ba5ced3583", "received block", false), ("\u{212a} 5", "k", true),
        ("a\u{1}b", "anything at all", true),
    ])
    func literalsAreFoundAcrossSlots(_ message: String, _ literal: String, _ mayOccur: Bool) throws {
        let templates = try templates([message])
        #expect(LiteralReach(Array(literal.utf8)).mayOccur(in: templates, 0) == mayOccur)
    }

    /// Whatever stands in a message may occur in its template.
    @Test func nothingThatOccursIsRuledOut() throws {
        var random = SeededGenerator(seed: 9)
        let parts = [
            "blk_", "a1b2", "77", "x9", "-", " ", "dead", "0x", "é", "ms", "fb4ac192-a5f0-39c2-e2c3-35ba5ced3583",
        ]
        for _ in 0..<200 {
            var message = (0..<Int.random(in: 1..<8, using: &random))
                .map { _ in parts.randomElement(using: &random)! }.joined()
            if Bool.random(using: &random) {
                message += String(UInt64.random(in: 0...(.max), using: &random), radix: 16)
            }
            let templates = try templates([message])
            let folded = CaseFolding.fold(Array(message.utf8))
            for _ in 0..<20 {
                let start = Int.random(in: 0..<folded.count, using: &random)
                let end = Int.random(in: (start + 1)...folded.count, using: &random)
                #expect(
                    LiteralReach(Array(folded[start..<end])).mayOccur(in: templates, 0),
                    "\(String(decoding: folded[start..<end], as: UTF8.self)) in \(message)")
            }
        }
    }
}
