import LogDB
import LogModel
import Testing

@testable import Server

@Suite struct IngestRouteTests {
    @Test func linesAreStoredAndVisible() async throws {
        let server = try await RunningServer()
        let answer = try await server.ingest(line("one") + "\n" + line("two"))
        #expect(answer.status == 200)
        #expect(answer["Content-Type"] == "application/json")
        #expect(
            answer.json
                == .object([
                    "accepted": .number(2), "duplicates": .number(0), "rejected": .number(0), "errors": .array([]),
                ]))
        #expect(Set(try await server.messages()) == ["one", "two"])
    }

    @Test func documentsAreStored() async throws {
        let server = try await RunningServer()
        let array = try await server.ingest(
            #"[{"device":"a","message":"in an array"}]"#, type: "application/json; charset=utf-8")
        #expect(array.json["accepted"]?.int == 1)
        let object = try await server.ingest(
            #"{"device":"b","session_id":"s","entries":[{"message":"x"},{"message":"y","device":"c"}]}"#,
            type: "application/json")
        #expect(object.json["accepted"]?.int == 2)
        let rows = try await server.search("device:b since:1h").json["rows"]?.array
        #expect(rows?.count == 1)
        #expect(rows?.first?["session"]?.text == "s")
        #expect(rows?.first?["level"]?.text == "INFO")
    }

    @Test func framesAreStored() async throws {
        let server = try await RunningServer()
        try await server.store([entry("from an agent", context: [.init("camera_id", "front")])])
        let row = try await server.search("since:2025-01-01").json["rows"]?[0]
        #expect(row?["message"]?.text == "from an agent")
        #expect(row?["context"]?["camera_id"]?.text == "front")
    }

    @Test(arguments: ["zstd", "gzip", "x-gzip", "identity"])
    func encodedBodiesAreDecompressed(_ coding: String) async throws {
        let server = try await RunningServer()
        let text = (0..<5_000).map { line("entry \($0)") }.joined()
        let answer = try await server.ingest(
            compressed(Array(text.utf8), coding), headers: ["Content-Encoding": coding])
        #expect(answer.json["accepted"]?.int == 5_000)
        #expect(try await server.messages("since:2025-01-01 | limit 1").count == 1)
    }

    @Test func severalMembersAndFramesAreOneBody() async throws {
        let server = try await RunningServer()
        for coding in ["zstd", "gzip"] {
            let body = ["one", "two"].flatMap { compressed(Array(line($0).utf8), coding) }
            #expect(try await server.ingest(body, headers: ["Content-Encoding": coding]).json["accepted"]?.int == 2)
        }
    }

    @Test func badLinesAreToldAndGoodOnesKept() async throws {
        let server = try await RunningServer()
        let body =
            line("first") + "{\"message\":\n" + "\n" + #"{"device":"a","message":"m","level":"loud"}"# + "\n"
            + line("last")
        let answer = try await server.ingest(body)
        #expect(answer.status == 200)
        #expect(answer.json["accepted"]?.int == 2)
        #expect(answer.json["rejected"]?.int == 2)
        let errors = answer.json["errors"]?.array ?? []
        #expect(errors.map { $0["index"]?.int } == [1, 2])
        #expect(errors.map { $0["line"]?.int } == [2, 4])
        #expect(errors.map { $0["code"]?.text } == ["invalid_json", "invalid_level"])
        #expect(errors.allSatisfy { $0["detail"]?.text?.isEmpty == false })
        #expect(Set(try await server.messages()) == ["first", "last"])
    }

    @Test func whatTheStoreRefusesHasItsIndexInTheBody() async throws {
        var options = Options()
        options.retention = .seconds(3_600)
        let server = try await RunningServer(options: options)
        let body = "no json\n" + line("too old") + #"{"device":"a","message":"new"}"# + "\n" + line("old too")
        let answer = try await server.ingest(body)
        #expect(answer.json["accepted"]?.int == 1)
        #expect(answer.json["rejected"]?.int == 3)
        let errors = answer.json["errors"]?.array ?? []
        #expect(errors.map { $0["index"]?.int } == [0, 1, 3])
        #expect(errors.map { $0["code"]?.text } == ["invalid_json", "expired", "expired"])
    }

    @Test func typesAndEncodingsThatAreNotKnownAreRefused() async throws {
        let server = try await RunningServer()
        for type in ["text/plain", "application/json; charset=latin-1", ""] {
            let answer = try await server.ingest(line("x"), type: type)
            #expect(answer.status == 415)
            #expect(answer.problem == (type.contains("json") ? "unsupported_charset" : "unsupported_type"))
        }
        let answer = try await server.ingest(line("x"), headers: ["Content-Encoding": "br"])
        #expect(answer.status == 415)
        #expect(answer.problem == "unsupported_encoding")
        #expect(try await server.messages() == [])
    }

    @Test func brokenBodiesStoreNothing() async throws {
        let server = try await RunningServer()
        let good = Array(#"[{"device":"a","message":"m"}"#.utf8)
        let document = try await server.ingest(good, type: "application/json")
        #expect(document.status == 400)
        #expect(document.problem == "invalid_json")
        #expect(document.json["errors"]?[0]?["offset"]?.int != nil)
        let noEntries = try await server.ingest("{}", type: "application/json")
        #expect(noEntries.problem == "missing_entries")
        for coding in ["zstd", "gzip"] {
            var whole = compressed(Array(line("x").utf8), coding)
            let cut = try await server.ingest(Array(whole.dropLast(3)), headers: ["Content-Encoding": coding])
            #expect(cut.status == 400)
            #expect(cut.problem == "invalid_encoding")
            whole[0] ^= 0xff
            let damaged = try await server.ingest(whole, headers: ["Content-Encoding": coding])
            #expect(damaged.problem == "invalid_encoding")
        }
        var compressor = ZstdCompressor()
        var frame = BatchFrame.encode(Batch([entry("x")]), level: 1, using: &compressor)
        frame[frame.count - 1] ^= 1
        let answer = try await server.ingest(frame, type: BatchFrame.mediaType)
        #expect(answer.status == 400)
        #expect(answer.problem == "invalid_frame")
        #expect(try await server.messages() == [])
    }

    @Test func unknownParametersAreRefused() async throws {
        let server = try await RunningServer()
        let answer = try await server.send(
            "POST", "/api/v1/logs/ingest?devise=x", headers: ["Content-Type": "application/x-ndjson"],
            body: Array(line("x").utf8))
        #expect(answer.problem == "unknown_parameter")
        #expect(answer.json["errors"]?[0]?["parameter"]?.text == "devise")
    }
}

/// A body with a content coding.
func compressed(_ bytes: [UInt8], _ coding: String) -> [UInt8] {
    switch coding {
    case "zstd": return Zstd.compress(bytes, level: 3)
    case "gzip", "x-gzip":
        var output: [UInt8] = []
        Gzip.Compressor(level: 6).compress(bytes, isLast: true, into: &output)
        return output
    default: return bytes
    }
}
