import Foundation
import Testing

/// Nothing that somebody signs in with is found where it does not belong: logs, answers, listings, the store's files.
@Suite(.serialized) struct SecretTests {
    @Test func secretsAreNowhere() async throws {
        let scratch = try ScratchDirectory()
        let server = try TestServer(in: scratch)
        try await server.start(["--log-level", "debug", "--log-format", "json"], authentication: "required")
        let setup = await server.errors.split(separator: "\n").first { $0.hasPrefix("Setup token: ") }?.dropFirst(13)
        let (password, wrong) = ("correct-horse-battery", "wrong-staple-password")
        var said = ""
        func curl(_ path: String, _ arguments: [String]) async throws -> String {
            let answer = try await run(
                "/usr/bin/curl", ["-s", "-H", "Content-Type: application/json", server.url + path] + arguments,
                in: scratch)
            return answer.output
        }
        struct Tokens: Decodable { var access_token, refresh_token: String }
        struct Key: Decodable { var key: String }
        func read<Value: Decodable>(_ text: String) throws -> Value {
            try JSONDecoder().decode(Value.self, from: Data(text.utf8))
        }
        let tokens: Tokens = try read(
            try await curl(
                "/api/v1/auth/setup",
                ["-d", #"{"setup_token":"\#(setup ?? "")","username":"root","password":"\#(password)"}"#]))
        let bearer = ["-H", "Authorization: Bearer " + tokens.access_token]
        let made: Key = try read(
            try await curl("/api/v1/admin/api-keys", bearer + ["-d", #"{"name":"k","scopes":["ingest"]}"#]))
        let key = ["-H", "X-API-Key: " + made.key]
        // Refusals of every kind, with the secrets in them.
        said += try await curl("/api/v1/auth/login", ["-d", #"{"username":"root","password":"\#(wrong)"}"#])
        said += try await curl("/api/v1/auth/login", ["-d", #"{"username":"root","password":"\#(password)","x":1}"#])
        said += try await curl("/api/v1/auth/refresh", ["-d", #"{"refresh_token":"\#(tokens.refresh_token)x"}"#])
        said += try await curl("/api/v1/admin/users", key)
        said += try await curl("/api/v1/logs?query=%28", bearer)
        said += try await curl("/api/v1/logs/ingest", key + ["-d", "{"])
        said += try await curl(
            "/api/v1/admin/users",
            bearer + ["-d", #"{"username":"bob","password":"\#(password)","role":"emperor"}"#])
        // What lists what there is.
        for path in [
            "admin/users", "admin/api-keys", "admin/audit", "logs/quarantine", "admin/jobs", "auth/me", "limits",
        ] {
            said += try await curl("/api/v1/" + path, bearer)
        }
        said += try await curl("/metrics", bearer)
        #expect(await server.stop() == 0)
        let setupLine = "Setup token: \(setup ?? "")"
        said += await server.output
        said += await server.errors.replacing(setupLine, with: "")
        #expect(said.contains(#""status":401"#) && said.contains(#""status":403"#) && said.contains("quarantine"))
        let secrets = [password, wrong, tokens.access_token, tokens.refresh_token, made.key, String(setup ?? "-")]
        for secret in secrets { #expect(!said.contains(secret), "\(secret) was said") }
        let data = scratch.file("data")
        for name in try FileManager.default.subpathsOfDirectory(atPath: data) {
            guard let bytes = FileManager.default.contents(atPath: "\(data)/\(name)") else { continue }
            for secret in secrets { #expect(bytes.range(of: Data(secret.utf8)) == nil, "\(name) holds \(secret)") }
        }
    }
}
