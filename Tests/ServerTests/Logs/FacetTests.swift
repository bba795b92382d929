import LogModel
import Testing

@testable import Server

/// The histogram and the fields.
@Suite struct FacetTests {
    private static let story =
        [
            entry("a", at: 0, .info), entry("b", at: 30, .error, module: "vision"),
            entry("c", at: 3_600 * 2, .info, device: "Robot-2", context: [.init("camera_id", "front")]),
            entry("d", at: 3_600 * 2 + 1, .info, module: "", context: [.init("camera_id", "front"), .init("n", "1")]),
        ]

    @Test func emptyBucketsAreThere() async throws {
        let server = try await RunningServer()
        try await server.store(Self.story)
        let range: KeyValuePairs = [
            "since": "2025-01-03T13:00:00Z", "until": "2025-01-03T18:00:00Z", "step": "1h", "by": "level",
        ]
        let answer = try await server.get("/api/v1/logs/histogram", "", range)
        #expect(answer.json["step"]?.text == "1h")
        let buckets = answer.json["buckets"]?.array ?? []
        #expect(buckets.map { $0["count"]?.int } == [0, 2, 0, 2, 0])
        #expect(buckets.first?["time"]?.text == "2025-01-03T13:00:00.000000Z")
        #expect(buckets[1]["by"] == .object(["INFO": .number(1), "ERROR": .number(1)]))
        #expect(buckets[0]["by"] == .object([:]))
        let plain = try await server.get("/api/v1/logs/histogram", "level:ERROR since:2025-01-03", ["step": "1d"])
        #expect(plain.json["buckets"]?[0]?["count"]?.int == 1)
        #expect(plain.json["buckets"]?[0]?["by"] == nil)
    }

    @Test func histogramMistakesAreExplained() async throws {
        let server = try await RunningServer()
        #expect(try await server.get("/api/v1/logs/histogram", "", ["step": "often"]).problem == "invalid_step")
        #expect(try await server.get("/api/v1/logs/histogram", "", ["step": "1us"]).problem == "too_many_buckets")
        #expect(try await server.get("/api/v1/logs/histogram", "since:").status == 400)
        #expect(try await server.get("/api/v1/logs/histogram", "", ["limit": "5"]).problem == "unknown_parameter")
    }

    @Test func stepsAreWrittenShort() {
        #expect(HistogramRoute.text(ofStep: 3_600_000_000) == "1h")
        #expect(HistogramRoute.text(ofStep: 5_400_000_000) == "1h30m")
        #expect(HistogramRoute.text(ofStep: 1) == "1us")
        #expect(HistogramRoute.text(ofStep: 86_400_000_000 * 7) == "7d")
    }

    @Test func namesAreCounted() async throws {
        let server = try await RunningServer()
        try await server.store(Self.story)
        func names(_ query: String, _ parameters: KeyValuePairs<String, String> = [:]) async throws -> [String: Int] {
            let answer = try await server.get("/api/v1/logs/fields", query, parameters)
            #expect(answer.status == 200)
            var counts: [String: Int] = [:]
            for value in answer.json["values"]?.array ?? [] {
                counts[value["value"]?.text ?? ""] = value["count"]?.int
            }
            return counts
        }
        let all = try await names("since:2025-01-03")
        #expect(all["message"] == 4)
        #expect(all["module"] == 3)
        #expect(all["camera_id"] == 2)
        #expect(all["n"] == 1)
        // A filter that everything passes goes another way to the same counts.
        #expect(try await names("since:2025-01-03 device:*") == all)
        #expect(try await names("since:2025-01-03", ["level": "ERROR"])["camera_id"] == nil)
        #expect(try await names("since:2025-01-03 device:Robot-2 | limit 1")["camera_id"] == 1)
        #expect(try await names("since:2025-01-04") == [:])
    }

    @Test func valuesAreCounted() async throws {
        let server = try await RunningServer()
        try await server.store(Self.story)
        func values(
            _ name: String, _ query: String = "since:2025-01-03", _ parameters: KeyValuePairs<String, String> = [:]
        ) async throws -> [JSONValue] {
            try await server.get("/api/v1/logs/fields/\(name)/values", query, parameters).json["values"]?.array ?? []
        }
        #expect(
            try await values("module") == [
                .object(["value": .text("nav"), "count": .number(2)]),
                .object(["value": .text("vision"), "count": .number(1)]),
            ])
        #expect(try await values("module", "since:2025-01-03", ["limit": "1"]).count == 1)
        #expect(try await values("camera_id") == [.object(["value": .text("front"), "count": .number(2)])])
        #expect(try await values("%40camera_id").count == 1)
        #expect(try await values("level", "since:2025-01-03 module:vision")[0]["value"]?.text == "ERROR")
        #expect(try await values("device", "since:2025-01-03", ["level": "ERROR"]).count == 1)
        #expect(try await values("no_such_field") == [])
    }

    @Test func anEmptyValueAndNoneShareTheEmptyName() async throws {
        let server = try await RunningServer()
        try await server.store([
            entry("a", context: [.init("camera", "")]), entry("b"), entry("c", context: [.init("camera", "front")]),
        ])
        let answer = try await server.get(
            "/api/v1/logs/histogram", "on:2025-01-03", ["step": "1d", "by": "camera"])
        #expect(answer.text.contains(#""by":{"front":1,"":2}"#))
        // Elsewhere they are two.
        let counted = try await server.search("on:2025-01-03 | stats count() as n by camera")
        #expect(counted.json["rows"]?.array.count == 3)
        let values = try await server.get("/api/v1/logs/fields/camera/values", "on:2025-01-03")
        #expect(values.json["values"]?.array.count == 2)
    }

    @Test func anAttributeThatIsCalledLikeAFieldIsTold() async throws {
        let server = try await RunningServer()
        try await server.store([
            entry("a", context: [.init("level", "high"), .init("n", "1")]), entry("b", .error),
        ])
        for query in ["on:2025-01-03", "on:2025-01-03 device:*"] {
            let names = try await server.get("/api/v1/logs/fields", query).json["values"]?.array ?? []
            let counts = names.reduce(into: [:]) { $0[$1["value"]?.text ?? "", default: []] += [$1["count"]?.int] }
            #expect(counts["level"] == [2])
            #expect(counts["@level"] == [1])
        }
        func values(_ name: String) async throws -> [JSONValue] {
            try await server.get("/api/v1/logs/fields/\(escaped(name))/values", "on:2025-01-03").json["values"]?.array
                ?? []
        }
        #expect(try await values("@level") == [.object(["value": .text("high"), "count": .number(1)])])
        #expect(try await values("level").count == 2)
        // As the counts' own column might be called.
        #expect(try await values("n") == [.object(["value": .text("1"), "count": .number(1)])])
        #expect(try await values("count") == [])
        let rows = try await server.search("on:2025-01-03 | sort message | fields level, @level")
        #expect(rows.text.contains(#"{"level":"INFO","@level":"high"},{"level":"ERROR","@level":null}"#))
        let csv = try await server.get(
            "/api/v1/logs/export", "| sort message | fields level, @level", ["format": "csv"])
        #expect(csv.text == "level,'@level\r\nINFO,high\r\nERROR,\r\n")
    }

    @Test func pipesPlayNoPartAndThatIsSaid() async throws {
        let server = try await RunningServer()
        try await server.store(Self.story)
        for path in ["/api/v1/logs/fields", "/api/v1/logs/fields/module/values", "/api/v1/logs/histogram"] {
            let answer = try await server.get(path, "since:2025-01-03 | limit 1")
            #expect(answer.json["warnings"]?[0]?["code"]?.text == "pipes_ignored", "\(path)")
            #expect(answer.json["warnings"]?[0]?["offset"]?.int == 19)
            #expect(try await server.get(path, "since:2025-01-03").json["warnings"] == .array([]))
        }
    }

    @Test func aPropertyOfTheFleetIsNoFieldOfAnEntry() async throws {
        let server = try await RunningServer()
        let histogram = try await server.get("/api/v1/logs/histogram", "", ["by": "environment"])
        #expect(histogram.status == 400)
        #expect(histogram.problem == "joined_field")
        #expect(try await server.get("/api/v1/logs/fields/environment/values").status == 200)
        #expect(try await server.search("environment:production").status == 200)
        #expect(try await server.get("/api/v1/logs/histogram", "", ["by": "@environment"]).status == 200)
    }

    @Test func aMistakeInAParameterIsToldByItsName() async throws {
        let server = try await RunningServer()
        let cases: [(String, String, KeyValuePairs<String, String>)] = [
            ("step", "/api/v1/logs/histogram", ["step": "0s"]), ("step", "/api/v1/logs/histogram", ["step": "1us"]),
            ("cursor", "/api/v1/logs", ["cursor": "x"]),
            ("cursor", "/api/v1/logs", ["cursor": "AQEAAABgDLqZKgYA_________39tiFkF3CbhlwMAAAAAAAAAMQpAlA"]),
        ]
        for (name, path, parameters) in cases {
            let answer = try await server.get(path, "", parameters)
            #expect(answer.status == 400)
            #expect(answer.json["errors"]?[0]?["parameter"]?.text == name, "\(answer.text)")
            #expect(answer.json["errors"]?[0]?["offset"] == nil)
        }
    }
}
