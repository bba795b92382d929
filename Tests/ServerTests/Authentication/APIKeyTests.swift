import Logging
import Testing

@testable import Server

struct APIKeyTests {
    @Test func aKeyIsShownOnceAndGoodUntilItIsRemoved() async throws {
        let place = try await GuardedServer()
        let admin = try await place.user(.admin)
        let made = try await place.send(
            "POST", "/api/v1/admin/api-keys", as: admin,
            json: #"{"name":"gateway","scopes":["ingest","query"],"per_second":100}"#)
        #expect(made.status == 201 && made["Cache-Control"] == "no-store")
        let text = try #require(made.json["key"]?.text)
        let key = Credential(["X-API-Key": text])
        let batch = try await place.send(
            "POST", "/api/v1/logs/ingest", as: key,
            json: #"[{"device":"Robot-1","message":"hello"}]"#)
        #expect(batch.json["accepted"]?.int == 1)
        #expect(try await place.send("GET", "/api/v1/logs", as: key).json["rows"]?.array.count == 1)
        // Where a client knows of one header only.
        let bearer = Credential(["Authorization": "Bearer \(text)"])
        #expect(try await place.send("GET", "/api/v1/auth/me", as: bearer).json["name"]?.text == "gateway")
        let listed = try await place.send("GET", "/api/v1/admin/api-keys", as: admin)
        #expect(!listed.text.contains(text))
        #expect(listed.json["api_keys"]?[0]?["scopes"]?.array.compactMap(\.text) == ["query", "ingest"])
        let twice = try await place.send(
            "POST", "/api/v1/admin/api-keys", as: admin, json: #"{"name":"Gateway","scopes":["ingest"]}"#)
        #expect(twice.status == 409 && twice.problem == "name_taken")
        #expect(try await place.send("DELETE", "/api/v1/admin/api-keys?name=gateway", as: admin).status == 204)
        #expect(try await place.send("GET", "/api/v1/logs", as: key).status == 401)
        #expect(try await place.send("DELETE", "/api/v1/admin/api-keys/gateway", as: admin).status == 404)
    }

    @Test func scopesAndNamesAreChecked() async throws {
        let place = try await GuardedServer()
        let admin = try await place.user(.admin)
        for json in [
            #"{"name":"a"}"#, #"{"name":"a","scopes":["everything"]}"#, #"{"name":"a b","scopes":["query"]}"#,
            #"{"scopes":["query"]}"#, #"{"name":"a","scopes":["query"],"per_day":-1}"#,
            #"{"name":"a","scopes":["query"],"more":1}"#, "[]", "{",
        ] {
            let answer = try await place.send("POST", "/api/v1/admin/api-keys", as: admin, json: json)
            #expect(answer.status == 400 && answer.problem != nil, "\(json): \(answer.text)")
        }
        #expect(place.identities.apiKeys.isEmpty)
    }

    @Test func quotasAreKept() async throws {
        let place = try await GuardedServer()
        let daily = try await place.key("query", perDay: 3)
        for _ in 0..<3 { #expect(try await place.send("GET", "/api/v1/logs", as: daily).status == 200) }
        let spent = try await place.send("GET", "/api/v1/logs", as: daily)
        #expect(spent.status == 429 && spent.problem == "quota_exhausted")
        #expect((spent["Retry-After"]).flatMap { Int($0) } ?? 0 > 0)
        let other = try await place.key("query")
        #expect(try await place.send("GET", "/api/v1/logs", as: other).status == 200)
    }

    @Test func aDayEndsAtMidnight() async throws {
        let server = try await RunningServer()
        let quota = try await DayQuota(server.server.store, logger: Logger(label: "test"))
        let noon = at(-2 * 3_600)
        #expect(quota.take(1, most: 1, at: noon) == nil)
        #expect(quota.take(1, most: 1, at: noon) == 12 * 3_600 + 1)
        #expect(quota.take(2, most: 1, at: noon) == nil)
        #expect(quota.take(1, most: 1, at: at(10 * 3_600)) == nil)
    }

    @Test func aRestartGoesOnCountingTheDay() async throws {
        let directory = try ScratchDirectory()
        let key: Credential
        do {
            let place = try await GuardedServer(in: directory)
            key = try await place.key("query", perDay: 3)
            for _ in 0..<2 { #expect(try await place.send("GET", "/api/v1/version", as: key).status == 200) }
            try await place.server.stop()
        }
        let place = try await GuardedServer(in: directory)
        #expect(try await place.send("GET", "/api/v1/version", as: key).status == 200)
        let refused = try await place.send("GET", "/api/v1/version", as: key)
        #expect(refused.status == 429 && refused.problem == "quota_exhausted")
    }

    /// Without being stopped, too: what was counted is in the store a moment later.
    @Test func whatWasUsedIsWrittenDownByItself() async throws {
        let server = try await RunningServer()
        let store = server.server.store
        let logger = Logger(label: "test")
        let quota = try await DayQuota(store, logger: logger, interval: .milliseconds(1))
        for _ in 0..<5 { #expect(quota.take(7, most: 5, at: at(0)) == nil) }
        var isFull = false
        while !isFull {
            await Task.yield()
            isFull = try await DayQuota(store, logger: logger).take(7, most: 5, at: at(0)) != nil
        }
        #expect(try await DayQuota(store, logger: logger).take(7, most: 5, at: at(86_400)) == nil)
    }

    @Test func anAccountsAdministratorStaysInIt() async throws {
        let place = try await GuardedServer()
        _ = try await place.user(.viewer)
        _ = try await place.key("query")
        let stranger = try await place.user(.admin, "stranger", account: "other")
        let users = try await place.send("GET", "/api/v1/admin/users", as: stranger).json["users"]
        #expect(users?.array.compactMap { $0["username"]?.text } == ["stranger"])
        #expect(
            try await place.send("GET", "/api/v1/admin/api-keys", as: stranger).json["api_keys"]?.array.isEmpty == true)
        #expect(try await place.send("DELETE", "/api/v1/admin/users/viewer", as: stranger).status == 404)
        #expect(
            try await place.send("DELETE", "/api/v1/admin/api-keys/key-query-default-0-0", as: stranger).status == 404)
        let made = try await place.send(
            "POST", "/api/v1/admin/users", as: stranger,
            json: #"{"username":"x","password":"long enough","role":"admin","account":"default"}"#)
        #expect(made.status == 403)
        let own = try await place.send(
            "POST", "/api/v1/admin/users", as: stranger,
            json: #"{"username":"x","password":"long enough","role":"viewer"}"#)
        #expect(own.json["account"]?.text == "other")
    }
}
