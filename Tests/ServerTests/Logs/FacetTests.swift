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
}
