import Foundation
import HTTPTransport
import Testing

@testable import Server

struct SignInTests {
    @Test func theSetupTokenMakesTheFirstUserOnce() async throws {
        let place = try await GuardedServer()
        let token = try #require(place.server.server.setupToken)
        func setUp(_ token: String, _ name: String) async throws -> Answer {
            try await place.send(
                "POST", "/api/v1/auth/setup",
                json: #"{"setup_token":"\#(token)","username":"\#(name)","password":"\#(GuardedServer.password)"}"#)
        }
        let wrong = try await setUp("wrong", "eve")
        #expect(wrong.status == 401 && wrong.problem == "invalid_setup_token")
        let first = try await setUp(token, "alice")
        #expect(first.status == 201)
        let alice = Credential(["Authorization": "Bearer \(first.json["access_token"]?.text ?? "")"])
        #expect(try await place.send("GET", "/api/v1/auth/me", as: alice).json["role"]?.text == "admin")
        let second = try await setUp(token, "mallory")
        #expect(second.status == 409 && second.problem == "already_set_up")
        #expect(place.server.server.setupToken == nil)
        #expect(place.identities.users.map(\.name) == ["alice"])
    }

    @Test func signingInGivesWhatTheRoleMayDo() async throws {
        let place = try await GuardedServer()
        let viewer = try await place.user(.viewer)
        let me = try await place.send("GET", "/api/v1/auth/me", as: viewer).json
        #expect(me["name"]?.text == "viewer" && me["kind"]?.text == "user")
        #expect(me["permissions"]?.array.compactMap(\.text) == ["query"])
        let login = try await place.login("VIEWER", GuardedServer.password)
        #expect(login.json["expires_in"]?.int == 900 && login.json["token_type"]?.text == "Bearer")
        #expect(login["Cache-Control"] == "no-store")
        for (name, password) in [
            ("viewer", "wrong password"), ("nobody", GuardedServer.password), ("", "x"), ("x", ""),
        ] {
            let answer = try await place.login(name, password)
            #expect(answer.status == (name.isEmpty || password.isEmpty ? 400 : 401))
            #expect(answer.json["access_token"] == nil)
        }
    }

    @Test func aRefreshTokenIsGoodOnce() async throws {
        let place = try await GuardedServer()
        _ = try await place.user(.viewer)
        func refresh(_ token: String) async throws -> Answer {
            try await place.send("POST", "/api/v1/auth/refresh", json: #"{"refresh_token":"\#(token)"}"#)
        }
        let first = try await place.login("viewer", GuardedServer.password).json
        let token = try #require(first["refresh_token"]?.text)
        let second = try await refresh(token)
        #expect(second.status == 200)
        let next = try #require(second.json["refresh_token"]?.text)
        let access = Credential(["Authorization": "Bearer \(second.json["access_token"]?.text ?? "")"])
        #expect(try await place.send("GET", "/api/v1/auth/me", as: access).status == 200)
        // The first again: whoever holds either copy is out, and so are the access tokens.
        let reused = try await refresh(token)
        #expect(reused.status == 401 && reused.problem == "refresh_token_reused")
        #expect(try await refresh(next).problem == "invalid_refresh_token")
        #expect(try await place.send("GET", "/api/v1/auth/me", as: access).status == 401)
        for forged in ["", "ldr_1.1.AAAA", "ldr_", next + "A", next.replacing("ldr_1", with: "ldr_2")] {
            #expect(try await refresh(forged).status == 401, "\(forged)")
        }
    }

    @Test func manyRefreshesAtATimeGiveOneToken() async throws {
        let place = try await GuardedServer()
        _ = try await place.user(.viewer)
        let token = try #require(
            try await place.login("viewer", GuardedServer.password).json["refresh_token"]?.text)
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try await place.send("POST", "/api/v1/auth/refresh", json: #"{"refresh_token":"\#(token)"}"#).status
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses.filter { $0 == 200 }.count <= 1)
        #expect(statuses.filter { $0 == 401 }.count >= 7)
    }

    @Test func whoSignsOutOrIsRemovedIsOutAtOnce() async throws {
        let place = try await GuardedServer()
        let admin = try await place.user(.admin)
        let viewer = try await place.user(.viewer)
        let again = try await place.signIn("viewer")
        #expect(try await place.send("POST", "/api/v1/auth/logout", as: viewer).status == 204)
        #expect(try await place.send("GET", "/api/v1/auth/me", as: viewer).status == 401)
        #expect(try await place.send("GET", "/api/v1/auth/me", as: again).status == 200)
        #expect(try await place.send("DELETE", "/api/v1/admin/users/viewer", as: admin).status == 204)
        #expect(try await place.send("GET", "/api/v1/auth/me", as: again).status == 401)
        #expect(try await place.login("viewer", GuardedServer.password).status == 401)
        let last = try await place.send("DELETE", "/api/v1/admin/users/admin", as: admin)
        #expect(last.status == 409 && last.problem == "last_administrator")
    }

    @Test func signInsAndKeysOutliveARestart() async throws {
        let directory = try ScratchDirectory()
        var place = try await GuardedServer(in: directory)
        let viewer = try await place.user(.viewer)
        let key = try await place.key("query")
        let refresh = try #require(
            try await place.login("viewer", GuardedServer.password).json["refresh_token"]?.text)
        try await place.server.stop()
        place = try await GuardedServer(in: directory)
        #expect(place.server.server.setupToken == nil)
        #expect(try await place.send("GET", "/api/v1/auth/me", as: viewer).status == 200)
        #expect(try await place.send("GET", "/api/v1/auth/me", as: key).status == 200)
        let next = try await place.send("POST", "/api/v1/auth/refresh", json: #"{"refresh_token":"\#(refresh)"}"#)
        #expect(next.status == 200)
    }

    @Test func guessingIsSlowedDown() async throws {
        let place = try await GuardedServer()
        _ = try await place.user(.viewer)
        var refused: Answer?
        for _ in 0..<20 where refused == nil {
            let answer = try await place.login("viewer", "a wrong guess")
            if answer.status == 429 { refused = answer } else { #expect(answer.status == 401) }
        }
        #expect(refused?.problem == "rate_limited")
        #expect((refused?["Retry-After"]).flatMap { Int($0) } ?? 0 > 0)
        // The right password does not help now; another user is not held up.
        #expect(try await place.login("viewer", GuardedServer.password).status == 429)
        _ = try await place.user(.operator)
    }

    @Test func aBrowserKeepsTheTokensInCookies() async throws {
        let place = try await GuardedServer()
        _ = try await place.user(.admin)
        let answer = try await place.login("admin", GuardedServer.password, cookie: true)
        #expect(answer.status == 200)
        #expect(answer.json["access_token"] == nil && answer.json["refresh_token"] == nil)
        let cookies = answer.reply.head.headers.filter { $0.name.lowercased() == "set-cookie" }.map(\.value)
        #expect(cookies.count == 2)
        for cookie in cookies { #expect(cookie.contains("; HttpOnly; SameSite=Strict")) }
        let pairs = cookies.compactMap { $0.split(separator: ";").first }.joined(separator: "; ")
        let browser = Credential(["Cookie": "theme=dark; " + pairs])
        let csrf = try #require(answer.json["csrf_token"]?.text)
        #expect(try await place.send("GET", "/api/v1/auth/me", as: browser).json["csrf_token"]?.text == csrf)
        // Another site's page can make the browser send the cookie, but not the field.
        for token in [nil, "", "wrong", csrf + "x"] {
            let headers = token.map { ["X-CSRF-Token": $0] } ?? [:]
            let forged = try await place.send("POST", "/api/v1/admin/compact", as: browser, headers: headers)
            #expect(forged.status == 403 && forged.problem == "csrf", "\(token ?? "none")")
        }
        let sent = try await place.send(
            "POST", "/api/v1/admin/compact", as: browser, headers: ["X-CSRF-Token": csrf])
        #expect(sent.status == 202)
        let refreshed = try await place.send("POST", "/api/v1/auth/refresh", as: browser)
        #expect(refreshed.status == 200 && refreshed.json["csrf_token"]?.text == csrf)
        // Another tab with the same cookie, at the same moment, is not signed out.
        #expect(try await place.send("POST", "/api/v1/auth/refresh", as: browser).status == 200)
        let out = try await place.send(
            "POST", "/api/v1/auth/logout", as: browser, headers: ["X-CSRF-Token": csrf])
        #expect(out.status == 204)
        #expect(try await place.send("GET", "/api/v1/auth/me", as: browser).status == 401)
    }

    @Test func secretsAreKeptToTheirOwnerAndNotInTheStore() async throws {
        let place = try await GuardedServer()
        let admin = try await place.user(.admin)
        let key = try await place.key("query")
        try await place.server.stop()
        let directory = place.server.directory.path
        let file = directory + "/secrets/signing.key"
        let seed = try Data(contentsOf: URL(fileURLWithPath: file))
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let secrets = [
            seed, Data(GuardedServer.password.utf8), Data(admin.bearer.utf8),
            Data((key.headers["X-API-Key"] ?? "").utf8),
        ]
        for name in try FileManager.default.contentsOfDirectory(atPath: directory) where name != "secrets" {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: directory + "/" + name))
            for secret in secrets { #expect(bytes.range(of: secret) == nil, "\(name) holds a secret") }
        }
    }
}
