import LogModel
import Testing

@Suite struct CSVWritingTests {
    @Test(arguments: [
        ("", ""), ("plain text", "plain text"), ("a,b", "\"a,b\""), ("say \"hi\"", "\"say \"\"hi\"\"\""),
        ("two\nlines", "\"two\nlines\""), ("two\r\nlines", "\"two\r\nlines\""), ("é", "é"), ("\"", "\"\"\"\""),
        ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@x", "'@x"), ("\tx", "'\tx"), ("\rx", "\"'\rx\""),
        ("=a,b", "\"'=a,b\""), ("a=1", "a=1"), ("=\"x\"", "\"'=\"\"x\"\"\""),
    ])
    func cells(_ text: String, _ expected: String) {
        var output: [UInt8] = []
        output.appendCSVCell(text)
        #expect(Array(expected.utf8) == output)
    }

    @Test func bytesThatAreNotUTF8AreReplaced() {
        var output: [UInt8] = []
        ([0x61, 0xff, 0x22, 0xe2, 0x82] as [UInt8]).withUnsafeBytes { output.appendCSVCell($0) }
        #expect(String(decoding: output, as: UTF8.self) == "\"a\u{fffd}\"\"\u{fffd}\"")
    }
}
