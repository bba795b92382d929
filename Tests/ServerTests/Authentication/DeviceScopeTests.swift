import LogModel
import Testing

@testable import Server

/// What another account has is as if it were not there.
struct DeviceScopeTests {
    @Test func noRouteShowsAnotherAccountsEntries() async throws {
        let place = try await GuardedServer()
        let admin = try await place.user(.admin)
        let stranger = try await place.user(.admin, "stranger", account: "other")
        let body = #"[{"device":"Robot-1","session_id":"s","module":"nav","message":"secret plan"}]"#
        #expect(try await place.send("POST", "/api/v1/logs/ingest", as: admin, json: body).status == 200)
        let mine = try await place.send("GET", "/api/v1/logs?query=secret", as: admin).json
        let id = try #require(mine["rows"]?[0]?["id"]?.text)

        let paths = [
            "/api/v1/logs", "/api/v1/logs?query=device:Robot-1", "/api/v1/logs?query=-device:x%20OR%20secret",
            "/api/v1/logs?device=Robot-1", "/api/v1/logs?query=%7C%20stats%20count()%20by%20message",
            "/api/v1/logs/fields", "/api/v1/logs/fields/message/values", "/api/v1/logs/fields/module/values",
            "/api/v1/logs/export", "/api/v1/logs/export?format=csv", "/api/v1/logs/\(id)", "/api/v1/logs/\(id)/context",
        ]
        for path in paths {
            let answer = try await place.send("GET", path, as: stranger)
            #expect(!answer.text.contains("secret plan") && !answer.text.contains("\"nav\""), "\(path) \(answer.text)")
            #expect(try await place.send("GET", path, as: admin).status == 200, "\(path)")
        }
        let posted = try await place.send("POST", "/api/v1/logs", as: stranger, json: #"{"query":"secret"}"#)
        #expect(posted.json["rows"]?.array.isEmpty == true)
        let histogram = try await place.send("GET", "/api/v1/logs/histogram", as: stranger).json
        #expect(histogram["buckets"]?.array.allSatisfy { $0["count"]?.int == 0 } == true)
        #expect(try await place.send("GET", "/api/v1/logs/\(id)", as: stranger).status == 404)
        let stored = try await place.send("POST", "/api/v1/logs/ingest", as: stranger, json: body)
        #expect(stored.status == 403 && stored.problem == "foreign_device")
        #expect(try await place.send("GET", "/api/v1/logs", as: admin).json["rows"]?.array.count == 1)
    }
}
