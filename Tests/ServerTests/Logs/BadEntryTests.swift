import Testing

@testable import Server

/// Every way in which an entry can be bad, between good ones.
@Suite struct BadEntryTests {
    private static let lines: [(line: String, code: String)] = [
        ("hello", "invalid_json"), (#"{"device":"D","message":"x""#, "invalid_json"),
        (#"{"device":"D","message":"x"} x"#, "invalid_json"), (#"{"device":"D","message":"x",}"#, "invalid_json"),
        ("{'device':'D'}", "invalid_json"), (#"{"device":"D","message":NaN}"#, "invalid_json"),
        (#"{"device":"D","message":01}"#, "invalid_json"), (#"{"device":"D","message":"a\xb"}"#, "invalid_json"),
        ("{\"device\":\"D\",\"message\":\"a\tb\"}", "invalid_json"),
        ("{\"device\":\"D\",\"message\":\"a\0b\"}", "invalid_json"),
        ("[1]", "not_an_object"), ("12", "not_an_object"), ("null", "not_an_object"), (#""x""#, "not_an_object"),
        (#"{"device":"D","message":"a\ud800b"}"#, "invalid_encoding"),
        (#"{"device":"D","message":"a\udc00b"}"#, "invalid_encoding"),
        (#"{"device":"D"}"#, "missing_message"), (#"{"device":"D","message":null}"#, "missing_message"),
        (#"{"message":"x"}"#, "missing_device"), (#"{"device":"","message":"x"}"#, "missing_device"),
        (#"{"device":{"a":1},"message":"x"}"#, "invalid_field"), (#"{"device":"D","message":[1]}"#, "invalid_field"),
        (#"{"device":"D","message":"x","context":"s"}"#, "invalid_field"),
        (#"{"device":"D","message":"x","level":"LOUD"}"#, "invalid_level"),
        (#"{"device":"D","message":"x","level":3}"#, "invalid_level"),
        (#"{"device":"D","message":"x","level":""}"#, "invalid_level"),
        (#"{"device":"D","message":"x","timestamp":"yesterday"}"#, "invalid_time"),
        (#"{"device":"D","message":"x","timestamp":"2025-02-30T00:00:00Z"}"#, "invalid_time"),
        (#"{"device":"D","message":"x","timestamp":"2025-01-03T24:00:00Z"}"#, "invalid_time"),
        (#"{"device":"D","message":"x","timestamp":12345}"#, "invalid_time"),
        (#"{"device":"D","message":"x","timestamp_us":99999999999999999999999}"#, "invalid_time"),
        (#"{"device":"\#(String(repeating: "d", count: 1_025))","message":"x"}"#, "field_too_long"),
        (#"{"device":"D","message":"x","\#(String(repeating: "k", count: 513))":1}"#, "field_too_long"),
        (
            #"{"device":"D","message":"x","# + (0..<513).map { #""k\#($0)":1"# }.joined(separator: ",") + "}",
            "too_many_fields"
        ),
        (
            #"{"device":"D","message":"x","a":"# + String(repeating: "[", count: 10_000)
                + String(repeating: "]", count: 10_000) + "}", "too_deep"
        ),
        (#"{"device":"D","message":"\#(String(repeating: "m", count: 1 << 20))"}"#, "line_too_long"),
    ]

    private static let bytes: [(line: [UInt8], code: String)] = [
        ([0xff], "invalid_encoding"), ([0xc0, 0x80], "invalid_encoding"), ([0xed, 0xa0, 0x80], "invalid_encoding"),
        ([0xe2, 0x82], "invalid_encoding"), ([0xf4, 0x90, 0x80, 0x80], "invalid_encoding"),
    ].map { (Array(#"{"device":"D","message":""#.utf8) + $0.0 + Array(#""}"#.utf8), $0.1) }

    @Test func badLinesAreToldAndTheGoodOnesBetweenThemStored() async throws {
        let server = try await RunningServer()
        let bad = Self.lines.map { (Array($0.line.utf8), $0.code) } + Self.bytes
        var body: [UInt8] = []
        for (number, entry) in bad.enumerated() { body += Array(line("good \(number)").utf8) + entry.0 + [0x0a] }
        let answer = try await server.ingest(body)
        #expect(answer.status == 200)
        #expect(answer.json["accepted"]?.int == bad.count)
        #expect(answer.json["rejected"]?.int == bad.count)
        let errors = answer.json["errors"]?.array ?? []
        #expect(errors.map { $0["code"]?.text } == bad.map(\.1))
        #expect(errors.map { $0["index"]?.int } == bad.indices.map { 2 * $0 + 1 })
        #expect(errors.map { $0["line"]?.int } == bad.indices.map { 2 * $0 + 2 })
        #expect(errors.allSatisfy { $0["detail"]?.text?.hasPrefix("offset ") == true })
        #expect(Set(try await server.messages()) == Set(bad.indices.map { "good \($0)" }))
    }

    @Test func aDocumentKeepsItsGoodEntriesToo() async throws {
        let server = try await RunningServer()
        // What is no JSON ends a document; every other bad entry is refused alone.
        let bad = Self.lines.filter { $0.code != "invalid_json" }
        let entries = bad.enumerated().flatMap { [String(line("good \($0)").dropLast()), $1.line] }
        let answer = try await server.ingest("[\(entries.joined(separator: ","))]", type: "application/json")
        #expect(answer.json["accepted"]?.int == bad.count)
        let errors = answer.json["errors"]?.array ?? []
        #expect(errors.map { $0["code"]?.text } == bad.map(\.code))
        #expect(errors.map { $0["index"]?.int } == bad.indices.map { 2 * $0 + 1 })
        #expect(errors.allSatisfy { $0["line"] == nil })
    }

    @Test(arguments: [
        ("", "invalid_json", 0), ("hello", "invalid_json", 0), ("3", "invalid_json", 0), ("[1", "invalid_json", 2),
        ("[] []", "invalid_json", 3), ("{}", "missing_entries", 0), (#"{"entries":{}}"#, "invalid_field", 11),
        (#"{"entries":null}"#, "invalid_field", 11), (#"{"entries":[],"entries":[]}"#, "invalid_field", 24),
        (#"{"entries":[],"boot":"b"}"#, "invalid_field", 0), (#"{"entries":[],"sequence":1}"#, "invalid_field", 0),
        (#"{"entries":[],"boot":"b","sequence":-1}"#, "invalid_field", 36),
        (#"{"entries":[],"boot":"b","sequence":1.5}"#, "invalid_field", 36),
        (#"{"device":"D","message":"a"}"# + "\n" + #"{"device":"D","message":"b"}"#, "missing_entries", 0),
    ])
    func aDocumentThatCannotBeReadStoresNothing(_ document: String, _ code: String, _ offset: Int) async throws {
        let server = try await RunningServer()
        let answer = try await server.ingest(document, type: "application/json")
        #expect(answer.status == 400)
        #expect(answer.problem == code)
        #expect(answer.json["errors"]?[0]?["offset"]?.int == offset)
        // The place is told once.
        let detail = answer.json["detail"]?.text ?? ""
        #expect(detail.matches(of: /offset/).count == 1, "\(detail)")
    }

    @Test(arguments: [
        (["X-Batch-Seq": "1"], "X-Batch-Boot"), (["X-Batch-Boot": "b"], "X-Batch-Seq"),
        (["X-Batch-Boot": "b", "X-Batch-Seq": "x"], "X-Batch-Seq"),
        (["X-Batch-Boot": "b", "X-Batch-Seq": "-1"], "X-Batch-Seq"),
        (["X-Batch-Boot": "b", "X-Batch-Seq": "0", "X-Batch-Device": "D"], "X-Batch-Seq"),
        (["X-Batch-Boot": "b", "X-Batch-Seq": "18446744073709551616"], "X-Batch-Seq"),
        (["X-Batch-Boot": "b", "X-Batch-Seq": "1"], "X-Batch-Device"),
        (
            ["X-Batch-Boot": String(repeating: "b", count: 1_025), "X-Batch-Seq": "1", "X-Batch-Device": "D"],
            "X-Batch-Boot"
        ),
    ])
    func aBatchThatIsNamedWronglyStoresNothing(_ headers: [String: String], _ field: String) async throws {
        let server = try await RunningServer()
        let answer = try await server.ingest(line("x"), headers: headers)
        #expect(answer.status == 400)
        #expect(answer.problem == "invalid_identity")
        #expect(answer.json["errors"]?[0]?["parameter"]?.text == field)
        #expect(try await server.messages() == [])
    }
}
