import LogModel
import Testing

@testable import LogDB

struct MessageParserTests {
    /// The template with its slots in brackets, and the words that were noted.
    private func parse(_ text: String) -> (template: String, words: [String])? {
        var parser = MessageParser()
        let bytes = Array(text.utf8)
        return bytes.withUnsafeBytes { message -> (String, [String])? in
            guard parser.parse(message) else { return nil }
            let names = ["", "digits", "hex", "hex16", "HEX", "HEX16", "uuid", "-uuid", "text"]
            var template = ""
            var literal: [UInt8] = []
            for byte in parser.template {
                if SlotKind.isMarker(byte) {
                    template += String(decoding: literal, as: UTF8.self) + "[\(names[Int(byte)])]"
                    literal = []
                } else {
                    literal.append(byte)
                }
            }
            template += String(decoding: literal, as: UTF8.self)
            let words = parser.words.map { word in
                String(decoding: message[Int(word.lowerBound)..<Int(word.upperBound)], as: UTF8.self)
            }
            return (template, words)
        }
    }

    @Test(arguments: [
        ("", ""),
        ("no digit at all", "no digit at all"),
        ("took 12 ms", "took [digits] ms"),
        ("took 12ms", "took [digits]ms"),
        ("worker-3 of worker12", "worker-[digits] of worker[digits]"),
        ("-7, 007", "-[digits], [digits]"),
        ("10.251.0.1:50010", "[digits].[digits].[digits].[digits]:[digits]"),
        ("blk_-1608999687919862906", "blk_-[digits]"),
        ("0x1f3a 0X1F3A", "0x[hex] 0X[HEX]"),
        ("PendingIntentRecord{35077e2}", "PendingIntentRecord{[hex]}"),
        ("39dd21dd2d75b1e8", "[hex16]"),
        ("39DD21DD2D75B1E8", "[HEX16]"),
        ("39dd21dd2d75b1e839dd21dd2d75b1e8a1", "[hex16][hex16][hex]"),
        ("id fb4ac192-a5f0-39c2-e2c3-35ba5ced3583.", "id [uuid][-uuid]."),
        ("fb4ac192-a5f0-39c2-e2c3-35ba5ced3583f", "[hex]-[hex]-[hex]-[hex]-[hex]"),
        ("v2beta1 aB3", "[text] aB[digits]"),
        ("12345678901234567890", "[text]"),
        ("1234567890123456789", "[digits]"),
        ("Grüße 5°", "Grüße [digits]°"),
    ])
    func runsWithDigitsBecomeSlots(_ message: String, _ template: String) {
        #expect(parse(message)?.template == template)
    }

    @Test(arguments: [
        ("took 12 ms", ["12"]),
        ("worker_3_a-b4", ["worker_3_a", "b4"]),
        ("a1_89abcdef-a5f0-39c2-e2c3-35ba5ced3583_x y", ["a1_89abcdef", "a5f0", "39c2", "e2c3", "35ba5ced3583_x"]),
        ("10.0.0.1", ["10", "0", "0", "1"]),
        ("0x1f", ["0x1f"]),
    ])
    func wordsWithDigitsAreNotedOnce(_ message: String, _ words: [String]) {
        #expect(parse(message)?.words == words)
    }

    @Test func whatCannotBeCutIsKeptWhole() {
        #expect(parse(String(repeating: "x", count: MessageParser.messageByteCountMax)) != nil)
        #expect(parse(String(repeating: "x", count: MessageParser.messageByteCountMax + 1)) == nil)
        #expect(parse(String(repeating: "1 ", count: MessageParser.slotCountMax)) != nil)
        #expect(parse(String(repeating: "1 ", count: MessageParser.slotCountMax + 1)) == nil)
        for marker in 1...SlotKind.markerMax { #expect(parse("a\(Character(Unicode.Scalar(marker)))b") == nil) }
        #expect(parse("a\u{9}b\u{0}") != nil)
    }
}
