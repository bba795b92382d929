import HTTPTransport
import LogModel
import Testing

@testable import Server

@Suite struct SearchRouteTests {
    private static let story = [
        entry("Waypoint reached: WP-5", at: 0, device: "Drone-1"),
        entry("GPS signal weak", at: 1, .warn, device: "Drone-1", module: "input"),
        entry("Obstacle timeout", at: 2, .error, device: "Drone-2", session: "s2", module: "vision"),
        entry("Recovered", at: 3, device: "Drone-2", session: "s2", context: [.init("retry_count", "3")]),
    ]

    private func messages(_ answer: Answer) -> [String?] {
        answer.json["rows"]?.array.map { $0["message"]?.text } ?? []
    }

    @Test func anAnswerHasItsParts() async throws {
        let server = try await RunningServer()
        try await server.store(Self.story)
        let answer = try await server.search("retry_count:>2 since:2025-01-03T14:00 tz:+00:00")
        #expect(answer.status == 200)
        #expect(answer["Content-Type"] == "application/json")
        let row = try #require(answer.json["rows"]?[0])
        #expect(
            Set(row.object.keys) == [
                "id", "time", "received", "device", "session", "level", "module", "logger", "process", "thread",
                "message", "context",
            ])
        #expect(row["time"]?.text == "2025-01-03T14:00:03.000000Z")
        #expect(row["context"] == .object(["retry_count": .text("3")]))
        #expect(answer.json["next_cursor"] == .null)
        #expect(answer.json["range"]?["since"]?.text == "2025-01-03T14:00:00.000000Z")
        #expect(answer.json["range"]?["until"] == .null)
        let stats = try #require(answer.json["stats"]?.object)
        #expect(
            Set(stats.keys) == [
                "rows_scanned", "blocks_total", "blocks_read", "bytes_decompressed", "cold_objects_read",
                "cold_bytes_fetched", "elapsed_ms",
            ])
        #expect(answer.json["warnings"] == .array([]))
        #expect(answer.json["partial"] == nil)
    }

    @Test func parametersAreFiltersToo() async throws {
        let server = try await RunningServer()
        try await server.store(Self.story)
        let all = "since:2025-01-03"
        #expect(messages(try await server.search(all, ["device": "drone-2"])) == ["Recovered", "Obstacle timeout"])
        #expect(
            messages(try await server.search(all, ["session_id": "s1", "module": "nav"])) == ["Waypoint reached: WP-5"])
        #expect(
            messages(try await server.search(all, ["level": "ERROR", "level": "warning"])) == [
                "Obstacle timeout", "GPS signal weak",
            ])
        #expect(messages(try await server.search(all, ["q": "signal WEAK"])) == ["GPS signal weak"])
        #expect(messages(try await server.search(all, ["q": "wp-5"])) == ["Waypoint reached: WP-5"])
        #expect(messages(try await server.search(all + " level:INFO", ["q": "OR"])) == [])
        #expect(
            messages(
                try await server.search("", ["since": "2025-01-03T14:00:01Z", "until": "2025-01-03T15:00:02+01:00"]))
                == ["GPS signal weak"])
        #expect(messages(try await server.search("", ["since": "1735912803"])) == ["Recovered"])
        // Without any time the last hour is meant.
        let answer = try await server.search("")
        #expect(messages(answer) == [])
        #expect(answer.json["warnings"]?[0]?["code"]?.text == "empty_default_range")
    }

    @Test func theBodyMayHoldTheParameters() async throws {
        let server = try await RunningServer()
        try await server.store(Self.story)
        func post(_ text: String, type: String = "application/json") async throws -> Answer {
            try await server.send("POST", "/api/v1/logs", headers: ["Content-Type": type], body: Array(text.utf8))
        }
        let answer = try await post(
            #"{"query":"since:2025-01-03","limit":1,"order":"asc","level":["WARN","ERROR"],"cursor":null}"#)
        #expect(messages(answer) == ["GPS signal weak"])
        #expect(try await post("[]").problem == "invalid_json")
        #expect(try await post(#"{"limit":{}}"#).problem == "invalid_parameter")
        #expect(try await post(#"{"querry":""}"#).problem == "unknown_parameter")
        #expect(try await post("query=x", type: "application/x-www-form-urlencoded").status == 415)
        let long = try await post(#"{"query":"\#(String(repeating: " ", count: 2 << 20))"}"#)
        #expect(long.status == 413)
    }

    @Test func regularExpressionsAreMatched() async throws {
        let server = try await RunningServer()
        try await server.store(Self.story)
        let all = "since:2025-01-03 "
        #expect(
            messages(try await server.search(all + "/^[A-Z]\\w+ (timeout|reached)/"))
                == ["Obstacle timeout", "Waypoint reached: WP-5"])
        #expect(messages(try await server.search(all + "device:/-2$/ -/RECOV/i")) == ["Obstacle timeout"])
        #expect(messages(try await server.search(all + "/(a*)*b(x+x+)+y/")) == [])
        for (query, code, offset, length) in [
            ("level:INFO /GPS (signal/", "invalid_regex", 16, 1), ("/.{1000}{1000}/", "invalid_regex", 2, 12),
            (#"/a\pL{1000}/"#, "regex_too_large", 1, 10),
        ] {
            let answer = try await server.search(query)
            #expect(answer.status == 400)
            #expect(answer.problem == code)
            #expect(answer.json["errors"]?[0]?["offset"]?.int == offset)
            #expect(answer.json["errors"]?[0]?["length"]?.int == length)
        }
    }

    @Test func mistakesAreExplained() async throws {
        let server = try await RunningServer()
        let answer = try await server.search("level:LOUD since:1h")
        #expect(answer.status == 400)
        #expect(answer.problem != nil)
        let error = try #require(answer.json["errors"]?[0])
        #expect(error["offset"]?.int == 6)
        #expect(error["length"]?.int == 4)
        #expect(error["message"]?.text?.isEmpty == false)
        #expect(error["expected"]?.array.isEmpty == false)
        for (parameters, code) in [
            (["limit": "0"], "invalid_parameter"), (["limit": "10001"], "invalid_parameter"),
            (["limit": "ten"], "invalid_parameter"), (["order": "up"], "invalid_parameter"),
            (["cursor": "abc"], "invalid_cursor"), (["level": "LOUD"], "invalid_level"),
            (["since": "1h until:now"], "invalid_time"), (["until": "tomorrowish"], "invalid_time"),
            (["sort": "time"], "unknown_parameter"), (["limit": "1", "limit": "2"], "repeated_parameter"),
        ] as [(KeyValuePairs<String, String>, String)] {
            let answer = try await server.search("", parameters)
            #expect(answer.status == 400)
            #expect(answer.problem == code, "\(parameters)")
        }
        #expect(try await server.send("GET", "/api/v1/logs?query=%zz").problem == "invalid_encoding")
        #expect(try await server.search("", ["limit": "10000"]).status == 200)
    }

    @Test func pagesGoOnWhileEntriesArrive() async throws {
        let server = try await RunningServer()
        try await server.store((0..<250).map { entry("old \($0)", at: Double($0 / 3)) })
        var found: [String] = []
        var cursor: String?
        repeat {
            var parameters: KeyValuePairs<String, String> = ["limit": "40"]
            if let cursor { parameters = ["limit": "40", "cursor": cursor] }
            let answer = try await server.search("since:2025-01-03", parameters)
            #expect(answer.status == 200)
            found += answer.json["rows"]?.array.compactMap { $0["message"]?.text } ?? []
            cursor = answer.json["next_cursor"]?.text
            // Newer than every page that follows: they must not move what is left.
            try await server.store([entry("new", at: 10_000 + Double(found.count))])
        } while cursor != nil
        #expect(found.count == 250)
        #expect(Set(found).count == 250)
        #expect(!found.contains("new"))
    }

    @Test func aCursorOutlivesTheServer() async throws {
        let directory = try ScratchDirectory()
        var server = try await RunningServer(in: directory)
        try await server.store((0..<10).map { entry("m\($0)", at: Double($0)) })
        let first = try await server.search("since:2025-01-03", ["limit": "4"])
        let cursor = try #require(first.json["next_cursor"]?.text)
        try await server.stop()
        server = try await RunningServer(in: directory)
        let second = try await server.search("since:2025-01-03", ["limit": "4", "cursor": cursor])
        #expect(messages(second) == ["m5", "m4", "m3", "m2"])
        let foreign = try await server.search("since:2025-01-04", ["cursor": cursor])
        #expect(foreign.problem == "foreign_cursor")
    }

    @Test func longPagesAreWhole() async throws {
        let server = try await RunningServer()
        try await server.store((0..<6_000).map { entry("message \($0)", at: Double($0) / 1_000) })
        let answer = try await server.search("since:2025-01-03", ["limit": "5000", "order": "asc"])
        let found = answer.json["rows"]?.array.compactMap { $0["message"]?.text }
        #expect(found == (0..<5_000).map { "message \($0)" })
        #expect(answer.json["next_cursor"]?.text != nil)
        #expect(answer.json["stats"] != nil)
    }

    @Test func pipesShapeTheRows() async throws {
        let server = try await RunningServer()
        try await server.store(Self.story)
        let table = try await server.search("since:2025-01-03 | stats count() as n by device | sort n desc, device")
        #expect(table.json["columns"] == .array([.text("device"), .text("n")]))
        #expect(table.json["rows"]?[0] == .object(["device": .text("Drone-1"), "n": .number(2)]))
        let fields = try await server.search("since:2025-01-03 level:INFO | fields time, retry_count, device")
        #expect(
            fields.json["rows"]?[0]
                == .object([
                    "time": .text("2025-01-03T14:00:03.000000Z"), "retry_count": .text("3"), "device": .text("Drone-2"),
                ]))
        #expect(fields.json["rows"]?[1]?["retry_count"] == .null)
        let explained = try await server.search("since:2025-01-03 | explain")
        #expect(explained.json["rows"]?.array.isEmpty == false)
    }

    /// Pages of whatever the pipes make hold each row once, whatever arrives meanwhile.
    @Test(arguments: [
        "", "| sort message", "| stats count() as n by message", "| top 500 message", "| where m*", "| dedup message",
        "| extract \"m<k>\" | sort k desc | fields k", "| context 0", "| uniq message | sort message desc",
        "| limit 90 | where m*",
    ])
    func pagesHoldEachRowOnce(_ pipes: String) async throws {
        let server = try await RunningServer()
        func ingest(_ range: Range<Int>, at second: Int) async throws {
            try await server.store(range.map { entry("m\($0)", at: Double(second) + Double($0 % 100) / 100) })
        }
        try await ingest(0..<60, at: 0)
        var rows: [String] = []
        var cursor: String?
        var round = 0
        repeat {
            let text = "since:2025-01-03 \(pipes)"
            let answer =
                if let cursor {
                    try await server.search(text, ["limit": "7", "cursor": cursor])
                } else {
                    try await server.search(text, ["limit": "7"])
                }
            #expect(answer.status == 200, "\(answer.text)")
            let page = answer.json["rows"]?.array ?? []
            #expect(page.count <= 7)
            rows += page.map { ($0["message"] ?? $0["k"])?.text ?? "?" }
            cursor = answer.json["next_cursor"]?.text
            // Newer ones, which stand before what was told already.
            round += 1
            try await ingest((100 * round)..<(100 * round + 5), at: 10 * round)
        } while cursor != nil && round < 30
        #expect(Set(rows).count == rows.count)
        #expect(rows.count == 60)
    }

    @Test func completionsAreTold() async throws {
        let server = try await RunningServer()
        try await server.store([entry("a")])
        let fields = try await server.get("/api/v1/logs/complete", "level:ERROR mod", ["at": "15"])
        #expect(fields.status == 200, "\(fields.text)")
        #expect(fields.json["offset"]?.int == 12)
        #expect(fields.json["length"]?.int == 3)
        #expect(fields.json["items"]?[0]?["text"]?.text == "module:")
        #expect(fields.json["items"]?[0]?["kind"]?.text == "field")
        #expect(try await server.get("/api/v1/logs/complete", "| st").json["items"]?[0]?["text"]?.text == "stats")
        #expect(try await server.get("/api/v1/logs/complete", "a", ["at": "x"]).status == 400)
        #expect(try await server.get("/api/v1/logs/complete", "a", ["nope": "x"]).status == 400)
    }

    @Test(arguments: ["zstd", "gzip"])
    func answersAreCompressedOnDemand(_ coding: String) async throws {
        let server = try await RunningServer()
        try await server.store((0..<200).map { entry("message \($0)", at: Double($0)) })
        var settings = HTTPTransport.Settings()
        settings.acceptsCompression = false
        let plain = HTTPTransport(settings: settings)
        let reply = try await plain.send(
            HTTPCall(
                url: server.url + "/api/v1/logs?query=since:2025-01-03&limit=200",
                headers: [HTTPField("Accept-Encoding", "br;q=1, \(coding);q=0.5")]))
        #expect(reply.head["Content-Encoding"] == coding)
        #expect(reply.head["Vary"] == "Accept-Encoding")
        let body = try reply.body.withUnsafeBytes {
            try BodyDecompression(
                coding: ContentCoding(contentEncoding: coding), byteCountMax: 1 << 20, codecs: CodecPool()
            ).decompress($0)
        }
        #expect(body.flatMap { JSONValue($0) }?["rows"]?.array.count == 200)
        // A short answer is not worth it.
        let short = try await plain.send(
            HTTPCall(url: server.url + "/health", headers: [HTTPField("Accept-Encoding", coding)]))
        #expect(short.head["Content-Encoding"] == nil)
    }
}
