import HTTPTransport
import LogDB
import LogModel
import Testing

@testable import Server

/// Sessions as devices tell of them, and as their entries do.
struct SessionsRouteTests {
    private let clock = TestClock()
    private let place: EncryptedServer
    private static let path = "/api/v1/sessions"

    init() async throws {
        let clock = clock
        place = try await EncryptedServer { clock.now }
    }

    private func ingest(_ client: HTTPTransport, _ entries: String, headers: [String: String] = [:]) async throws {
        let answer = try await place.send(
            "POST", "/api/v1/logs/ingest", json: "[\(entries)]", on: client, headers: headers)
        try #require(answer.status == 200, "\(answer.text)")
    }

    private func entry(_ session: String, _ level: String = "INFO", at time: String = "2025-01-03T14:00:00Z") -> String
    {
        #"{"session_id":"\#(session)","level":"\#(level)","timestamp":"\#(time)","message":"m"}"#
    }

    @Test func aDeviceStartsAndEndsASession() async throws {
        let client = try await place.registered("DEV-1")
        let started = try await place.send(
            "POST", Self.path,
            json: #"{"session_id":"nav_42","name":"Mission 42","capsule_id":1,"started_at":"2025-01-03T13:00:00Z"}"#,
            on: client)
        #expect(started.status == 201 && started.json["status"]?.text == "active", "\(started.text)")
        #expect(started.json["total_logs"]?.int == 0 && started.json["device"]?.text == "DEV-1")
        let entries = [
            entry("nav_42"), entry("nav_42", "WARN"), entry("nav_42", "ERROR"),
            entry("nav_42", "FATAL", at: "2025-01-03T14:30:00Z"), entry("other"),
        ].joined(separator: ",")
        let numbered = ["X-Batch-Boot": "b", "X-Batch-Seq": "1"]
        // Sent twice, counted once.
        for _ in 0..<2 { try await ingest(client, entries, headers: numbered) }
        let again = try await place.send("POST", Self.path, json: #"{"session_id":"nav_42"}"#, on: client)
        #expect(again.status == 200 && again.json["id"] == started.json["id"])
        let session = try await place.send("GET", Self.path + "/nav_42", on: client).json
        #expect(session["total_logs"]?.int == 4 && session["error_count"]?.int == 2)
        #expect(session["warning_count"]?.int == 1 && session["name"]?.text == "Mission 42")
        #expect(session["started_at"]?.text == "2025-01-03T13:00:00.000000Z" && session["capsule_id"]?.int == 1)
        #expect(session["duration_seconds"]?.int == 5_400 && session["completed_at"] == .null)
        let failed = try await place.send(
            "PUT", Self.path + "/nav_42", json: #"{"status":"failed","completed_at":"2025-01-03T15:00:00Z"}"#,
            on: client)
        #expect(failed.json["status"]?.text == "failed" && failed.json["duration_seconds"]?.int == 7_200)
        // An entry that comes later counts, and ends nothing otherwise.
        try await ingest(client, entry("nav_42"))
        let after = try await place.send("GET", Self.path + "/1").json
        #expect(after["total_logs"]?.int == 5 && after["status"]?.text == "failed")
        let found = try await place.send("GET", "/api/v1/logs?query=session_status:failed%20since:2025-01-01")
        #expect(found.json["rows"]?.array.count == 5, "\(found.text)")
        for (method, path, json, code) in [
            ("POST", "", #"{"name":"x"}"#, "missing_parameter"), ("GET", "/nothing", nil, "unknown_session"),
            ("POST", "", #"{"session_id":"x","status":"over"}"#, "invalid_parameter"),
            ("PUT", "/nav_42", #"{"completed_at":"soon"}"#, "invalid_time"),
            ("PUT", "/nav_42", #"{"colour":"red"}"#, "unknown_parameter"),
        ] {
            let answer = try await place.send(method, Self.path + path, json: json, on: client)
            #expect(answer.problem == code, "\(method) \(path) \(answer.text)")
        }
        #expect(try await place.send("GET", "/api/v1/admin/check").json["problems"] == .array([]))
    }

    @Test func theTimelineTellsWhatHappenedWhen() async throws {
        let (client, other) = (try await place.registered("DEV-1"), try await place.registered("DEV-2"))
        let minutes = [("00:10", "INFO"), ("00:20", "WARN"), ("01:00", "INFO"), ("05:00", "ERROR"), ("05:30", "FATAL")]
        for (minute, level) in minutes { try await ingest(client, entry("run", level, at: "2025-01-03T14:\(minute)Z")) }
        try await ingest(other, entry("run", "ERROR", at: "2025-01-03T14:00:15Z"))
        let timeline = try await place.send("GET", Self.path + "/1/timeline?step=1m").json
        #expect(timeline["step"]?.text == "1m")
        let buckets = timeline["buckets"]?.array ?? []
        #expect(buckets.map { $0["count"]?.int } == [2, 1, 0, 0, 0, 2], "\(timeline)")
        #expect(buckets.first?["by"] == .object(["INFO": .number(1), "WARN": .number(1)]))
        #expect(timeline["first_error"]?["time"]?.text == "2025-01-03T14:05:00.000000Z")
        #expect(timeline["first_error"]?["level"]?.text == "ERROR")
        #expect(
            timeline["gaps"]
                == .array([
                    .object([
                        "since": .text("2025-01-03T14:02:00.000000Z"), "until": .text("2025-01-03T14:05:00.000000Z"),
                    ])
                ]))
        #expect(timeline["artifacts"] == .array([]))
        for name in ["b.png", "a.csv"] {
            let path = Self.path + "/1/artifacts?path=data/\(name)"
            #expect(try await place.send("POST", path, json: "123", on: client).status == 201)
        }
        let artifacts = try await place.send("GET", Self.path + "/1/timeline").json["artifacts"]?.array ?? []
        #expect(artifacts.map { $0["path"]?.text } == ["data/a.csv", "data/b.png"])
        #expect(artifacts.allSatisfy { $0["size"]?.int == 3 && $0["uploaded_at"]?.text?.hasSuffix("Z") == true })
        #expect(try await place.send("GET", Self.path + "/1/timeline?step=x").problem == "invalid_step")
        let empty = try await place.send("POST", Self.path, json: #"{"session_id":"empty"}"#, on: client)
        let id = try #require(empty.json["id"]?.int)
        let nothing = try await place.send("GET", Self.path + "/\(id)/timeline").json
        #expect(nothing["first_error"] == .null && nothing["gaps"] == .array([]))
    }

    @Test func sessionsAreListedAndNarrowed() async throws {
        let (one, two) = (try await place.registered("DEV-1"), try await place.registered("DEV-2"))
        for (client, day) in [(one, 1), (one, 2), (two, 3), (two, 4)] {
            try await ingest(client, entry("run", at: "2025-01-0\(day)T10:00:00Z"))
            try await ingest(client, entry("run-\(day)", at: "2025-01-0\(day)T11:00:00Z"))
        }
        #expect(try await place.send("PUT", Self.path + "/run-3", json: #"{"status":"completed"}"#).status == 200)
        func list(_ parameters: String, on client: HTTPTransport? = nil) async throws -> [String] {
            try await place.send("GET", Self.path + parameters, on: client).json["sessions"]?.array.map {
                "\($0["device"]?.text ?? "")/\($0["session_id"]?.text ?? "")"
            } ?? []
        }
        #expect(
            try await list("") == [
                "DEV-2/run-4", "DEV-2/run-3", "DEV-2/run", "DEV-1/run-2", "DEV-1/run-1", "DEV-1/run",
            ])
        #expect(try await list("?status=completed") == ["DEV-2/run-3"])
        #expect(try await list("?device=DEV-1&status=active") == ["DEV-1/run-2", "DEV-1/run-1", "DEV-1/run"])
        #expect(try await list("?since=2025-01-03&until=2025-01-03T10:30:00Z") == ["DEV-2/run"])
        #expect(try await list("?device=2&limit=1") == ["DEV-2/run-4"])
        #expect(try await list("", on: one) == ["DEV-1/run-2", "DEV-1/run-1", "DEV-1/run"])
        #expect(try await list("?device=DEV-2", on: one) == [])
        var paged: [Int] = []
        var cursor: String? = ""
        while let at = cursor {
            let page = try await place.send("GET", Self.path + "?limit=4" + (at.isEmpty ? "" : "&cursor=\(at)")).json
            paged += page["sessions"]?.array.compactMap { $0["id"]?.int } ?? []
            cursor = page["next_cursor"]?.text
        }
        #expect(paged == [6, 5, 4, 3, 2, 1])
        // A name that two devices use is not one session.
        let ambiguous = try await place.send("GET", Self.path + "/run")
        #expect(ambiguous.status == 409 && ambiguous.problem == "ambiguous_session")
        #expect(ambiguous.json["errors"]?.array.compactMap { $0["suggestion"]?.text }.sorted() == ["1", "4"])
        #expect(try await place.send("GET", Self.path + "/run", on: one).json["id"]?.int == 1)
        // A name that is another session's number is both, but for the device whose name it is.
        try await ingest(two, entry("1"))
        let both = try await place.send("GET", Self.path + "/1")
        #expect(both.problem == "ambiguous_session")
        #expect(both.json["errors"]?.array.compactMap { $0["suggestion"]?.text } == ["id:1", "id:7"])
        #expect(try await place.send("GET", Self.path + "/id:1").json["session_id"]?.text == "run")
        #expect(try await place.send("GET", Self.path + "/id%3A7").json["session_id"]?.text == "1")
        #expect(try await place.send("GET", Self.path + "/1", on: two).json["id"]?.int == 7)
        #expect(try await place.send("GET", Self.path + "/4", on: one).problem == "unknown_session")
        let foreign = try await place.send("PUT", Self.path + "/4", json: #"{"status":"failed"}"#, on: one)
        #expect(foreign.problem == "unknown_session")
    }

    /// A device that goes away leaves its session behind, which ends after a while; what comes late opens it again.
    @Test func aSessionThatIsLeftIsAborted() async throws {
        let fleet = place.server.services.fleet
        let client = try await place.registered("DEV-1")
        try await ingest(client, entry("left"))
        try await ingest(client, entry("done"))
        #expect(try await place.send("PUT", Self.path + "/done", json: #"{"status":"completed"}"#).status == 200)
        clock.advance(seconds: 3_500)
        #expect(try await fleet.abortLostSessions() == 0)
        clock.advance(seconds: 200)
        #expect(try await fleet.abortLostSessions() == 1)
        let left = try await place.send("GET", Self.path + "/left").json
        #expect(left["status"]?.text == "aborted" && left["completed_at"] == left["last_entry_at"])
        #expect(try await fleet.abortLostSessions() == 0)
        try await ingest(client, entry("left"))
        let back = try await place.send("GET", Self.path + "/left").json
        #expect(back["status"]?.text == "active" && back["completed_at"] == .null && back["total_logs"]?.int == 2)
        // One that the device itself aborted stays so.
        #expect(try await place.send("PUT", Self.path + "/left", json: #"{"status":"aborted"}"#).status == 200)
        try await ingest(client, entry("left"))
        #expect(try await place.send("GET", Self.path + "/left").json["status"]?.text == "aborted")
        #expect(try await place.send("GET", "/api/v1/admin/check").json["problems"] == .array([]))
    }
}
