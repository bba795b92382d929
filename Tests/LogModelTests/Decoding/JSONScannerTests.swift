import Testing

@testable import LogModel

/// The grammar of RFC 8259, by the cases of JSONTestSuite (Seriot 2016) in short.
@Suite struct JSONScannerTests {
    private func failure(_ text: [UInt8], depthMax: Int = 32) -> EntryFailure? {
        // Exactly as long as the text, so that reading past it is caught by a sanitizer.
        text.withUnsafeBufferPointer { bytes in
            var storage: [UInt8] = []
            var scanner = JSONScanner(bytes.baseAddress!, from: 0, to: bytes.count, depthMax: depthMax)
            do throws(EntryFailure) {
                try scanner.skipValue(depth: 1, scratch: &storage)
            } catch {
                return error
            }
            scanner.skipSpace()
            return scanner.at == bytes.count ? nil : scanner.invalid("expected the end")
        }
    }

    @Test(arguments: [
        "{}", "[]", " [ ] ", "[1,2]", "{\"a\":{\"b\":[null,true,false]}}", "\"\"", "0", "-0", "1e5", "1E+5", "0.5",
        "-1.25e-7",
        "123456789012345678901234567890", "\"\\u0000\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\ud83e\\udD16\"", "\"é日🤖\"",
        "\"\u{7f}\"",
        "\t\r\n [\n1\r,\t2 ]", "{\"\":1}", "{\"a\":1,\"a\":2}", "[[[[[]]]]]",
    ])
    func valid(_ text: String) {
        #expect(failure(Array(text.utf8)) == nil)
    }

    @Test(arguments: [
        "{", "}", "[", "]", "[1,]", "[,1]", "[1 2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{'a':1}", "{1:1}",
        "{\"a\":1 \"b\":2}",
        "01", "-", "+1", ".5", "1.", "1.e5", "1e", "1e+", "- 1", "0x10", "1a", "NaN", "Infinity", "tru", "nul", "truee",
        "True",
        "\"", "\"abc", "\"\\x\"", "\"\\\"", "\"\\u12\"", "\"\\u12g4\"", "\"\t\"", "\"a\nb\"", "\"\u{0}\"", "[] []",
        "1 1", "\"a\" b",
        "[1}", "{\"a\":1]", "\u{a0}1", "/* c */ 1", "\"\\u", "\"\\",
    ])
    func invalid(_ text: String) {
        #expect(failure(Array(text.utf8))?.code == .invalidJSON)
    }

    @Test(
        arguments: [
            ([0x22, 0xff, 0x22], 1), ([0x22, 0x61, 0xc0, 0x80, 0x22], 2), ([0x22, 0xe2, 0x82, 0x22], 1),
            ([0x22, 0xed, 0xa0, 0x80, 0x22], 1), ([0x22, 0xf4, 0x90, 0x80, 0x80, 0x22], 1),
            ([0x22, 0xc3, 0x5c, 0x6e, 0x22], 1),
            (Array("\"ab\\ud83e\"".utf8), 3), (Array("\"\\ud83e\\u0041\"".utf8), 1), (Array("\"\\udd16\"".utf8), 1),
            (Array("\"\\ud83ex\"".utf8), 1),
        ] as [([UInt8], Int)])
    func encodingIsCheckedWithItsOffset(_ text: [UInt8], _ offset: Int) {
        let failure = failure(text)
        #expect(failure?.code == .invalidEncoding)
        #expect(failure?.offset == offset)
    }

    @Test func depthIsBounded() {
        let nested = { (depth: Int) in
            [UInt8](repeating: UInt8(ascii: "["), count: depth) + [UInt8](repeating: UInt8(ascii: "]"), count: depth)
        }
        #expect(failure(nested(32)) == nil)
        #expect(failure(nested(33)) == EntryFailure(.tooDeep, at: 32, "objects and arrays may nest 32 deep"))
        #expect(failure(nested(100_000))?.code == .tooDeep)
        #expect(failure(Array(String(repeating: "{\"a\":", count: 100_000).utf8))?.code == .tooDeep)
    }

    /// Runs `body` with a scanner over exactly the bytes of `text`.
    private func scan<R>(
        _ text: String, _ body: (inout JSONScanner) throws(EntryFailure) -> R
    ) throws(EntryFailure) -> R {
        let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: max(text.utf8.count, 1))
        defer { bytes.deallocate() }
        for (index, byte) in text.utf8.enumerated() { bytes[index] = byte }
        var scanner = JSONScanner(bytes, from: 0, to: text.utf8.count, depthMax: 1)
        return try body(&scanner)
    }

    @Test(arguments: [
        (#""plain""#, "plain"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"),
        (#""x\u0041\u00e9\u65e5\ud83e\udd16y""#, "xAé日🤖y"),
        (
            #""a text of more than sixteen bytes, then \u0000, then as many again""#,
            "a text of more than sixteen bytes, then \u{0}, then as many again"
        ),
    ])
    func textIsUnescaped(_ json: String, _ expected: String) throws {
        let found = try scan(json) { scanner throws(EntryFailure) in
            var scratch: [UInt8] = Array("before".utf8)
            let text = try scanner.string(scratch: &scratch)
            #expect(scanner.at == scanner.end)
            return text.isInScratch
                ? String(decoding: scratch[text.range], as: UTF8.self)
                : String(Array(json.utf8)[text.range].map { Character(UnicodeScalar($0)) })
        }
        #expect(found == expected)
    }

    @Test(arguments: [
        (#"{"a":"}\"]","b":[1,{}]} ,x"#, " ,x"), (#"[ "]" , [ ] ] x"#, " x"), (#""a,b" ,"#, " ,"), ("12,3", ",3"),
        ("null]", "]"),
    ])
    func structureIsPassedOver(_ text: String, _ rest: String) throws {
        let end = try scan(text) { scanner throws(EntryFailure) in
            try scanner.skipStructure()
            return scanner.at
        }
        #expect(Array(text.utf8)[end...] == Array(rest.utf8)[...])
    }

    @Test(arguments: ["{", "[\"]", "\"\\", "", ",", "]", "[[]"])
    func structureMustEnd(_ text: String) {
        #expect(throws: EntryFailure.self) {
            try scan(text) { scanner throws(EntryFailure) in try scanner.skipStructure() }
        }
    }
}
