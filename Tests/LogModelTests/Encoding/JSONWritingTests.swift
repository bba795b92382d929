import LogModel
import Testing

@Suite struct JSONWritingTests {
    static func json(_ bytes: [UInt8]) -> String {
        var output: [UInt8] = []
        bytes.withUnsafeBytes { output.appendJSONString($0) }
        return String(decoding: output, as: UTF8.self)
    }

    @Test(arguments: [
        ("", #""""#), ("plain", #""plain""#), ("a\"b\\c/d", #""a\"b\\c/d""#),
        ("\u{8}\t\n\u{c}\r", #""\b\t\n\f\r""#), ("\u{0}\u{1f}\u{7f}", "\"\\u0000\\u001f\u{7f}\""),
        ("é日🤖", #""é日🤖""#), ("sixteen bytes and\nmore \"quoted\" é", #""sixteen bytes and\nmore \"quoted\" é""#),
    ])
    func escapes(_ text: String, _ expected: String) {
        #expect(JSONWritingTests.json(Array(text.utf8)) == expected)
    }

    /// The standard library's repair is the model.
    @Test func bytesThatAreNotUTF8AreReplaced() {
        var random = SeededGenerator(seed: 9)
        let pieces: [[UInt8]] = [
            [0x61], [0xc3, 0xa9], [0xe2, 0x82], [0xf0, 0x9f, 0xa4], [0xff], [0x80], [0xed, 0xa0, 0x80], [0xc0, 0xaf],
            [0xf4, 0x90, 0x80, 0x80], [0xf0, 0x9f, 0xa4, 0x96], [0xe0, 0x80], [0xf8],
        ]
        for _ in 0..<5_000 {
            let bytes = (0..<Int.random(in: 0...8, using: &random)).flatMap { _ in pieces.randomElement(using: &random)!
            }
            #expect(JSONWritingTests.json(bytes) == "\"" + String(decoding: bytes, as: UTF8.self) + "\"", "\(bytes)")
        }
    }

    @Test(arguments: [0, 1, 9, 10, 99, 1_735_862_401_119_348, Int64.max, -1, -10, Int64.min])
    func integers(_ value: Int64) {
        var output: [UInt8] = []
        output.appendInteger(value)
        #expect(String(decoding: output, as: UTF8.self) == String(value))
    }

    @Test func unsignedIntegersToTheLargest() {
        var output: [UInt8] = []
        output.appendInteger(UInt64.max)
        #expect(String(decoding: output, as: UTF8.self) == "18446744073709551615")
    }
}
