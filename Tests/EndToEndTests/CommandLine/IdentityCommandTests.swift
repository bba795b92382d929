import Foundation
import Testing

/// Users, keys and the audit log by command, on a data directory and on a server that wants credentials.
@Suite(.serialized) struct IdentityCommandTests {
    private let scratch: ScratchDirectory
    private let data: [String]

    init() throws {
        scratch = try ScratchDirectory()
        data = ["--data", scratch.file("data")]
    }

    private func logdb(
        _ arguments: [String], input: String = "", environment: [String: String] = [:]
    ) async throws -> (status: Int32, output: String, errors: String) {
        let file = scratch.file("input-" + UUID().uuidString)
        try input.write(toFile: file, atomically: false, encoding: .utf8)
        return try await run(Binaries.logdb, arguments, in: scratch, input: file, environment: environment)
    }

    @Test func usersAndKeysAreMadeWithoutAServer() async throws {
        let added = try await logdb(
            ["user", "add", "alice", "--role", "admin", "--password-stdin"] + data, input: "correct horse\n")
        #expect(added.status == 0, "\(added.errors)")
        let taken = try await logdb(
            ["user", "add", "Alice", "--role", "viewer", "--password-stdin"] + data, input: "correct horse\n")
        #expect(taken.status == 2 && taken.errors.contains("already"))
        let short = try await logdb(
            ["user", "add", "bob", "--role", "viewer", "--password-stdin"] + data, input: "short\n")
        #expect(short.status == 2 && short.errors.contains("8 to 1024 bytes"))
        let list = try await logdb(["user", "list"] + data)
        #expect(list.output.contains("alice") && list.output.contains("admin") && !list.output.contains("bob"))

        let key = try await logdb(["apikey", "add", "gateway", "--scope", "ingest", "--scope", "query"] + data)
        #expect(key.status == 0 && key.output.hasPrefix("ldb_"))
        let scope = try await logdb(["apikey", "add", "x", "--scope", "everything"] + data)
        #expect(scope.status == 2 && scope.errors.contains("query, ingest, operate, admin"))
        let keys = try await logdb(["apikey", "list"] + data)
        #expect(keys.output.contains("query ingest"))
        #expect(!keys.output.contains(key.output.trimmingCharacters(in: .whitespacesAndNewlines)))

        let audit = try await logdb(["admin", "audit"] + data)
        #expect(audit.output.contains("user.add") && audit.output.contains("api_key.add"))
        #expect(!audit.output.contains("correct horse"))
        let chain = try await logdb(["admin", "audit", "--verify"] + data)
        #expect(chain.status == 0 && chain.output.hasPrefix("intact: 2 rows, head "))
        #expect(try await logdb(["apikey", "remove", "gateway"] + data).status == 0)
        #expect(try await logdb(["apikey", "remove", "gateway"] + data).status == 2)
        #expect(try await logdb(["user", "remove", "alice"] + data).status == 0)
        #expect(try await logdb(["user", "list"] + data).status == 1)
    }

    @Test func aServerLetsInWhoHasACredential() async throws {
        let server = try TestServer(in: scratch)
        try await server.start(authentication: "required")
        // Nobody can have the directory while it serves, so the first user comes by the token that was printed.
        let token = await server.errors.split(separator: "\n").first { $0.hasPrefix("Setup token: ") }?.dropFirst(13)
        let setup = try await run(
            "/usr/bin/curl",
            [
                "-s", "-H", "Content-Type: application/json", "-d",
                #"{"setup_token":"\#(token ?? "")","username":"root","password":"correct horse"}"#,
                server.url + "/api/v1/auth/setup",
            ], in: scratch)
        struct Tokens: Decodable { var access_token: String }
        let access = try JSONDecoder().decode(Tokens.self, from: Data(setup.output.utf8)).access_token
        let root = ["LOGDB_TOKEN": access]
        let target = ["--server", server.url]

        let out = try await logdb(["query", "since:1d"] + target)
        #expect(out.status == 2 && out.errors.contains("LOGDB_API_KEY"), "\(out.errors)")
        let key = try await logdb(["apikey", "add", "ci", "--scope", "ingest"] + target, environment: root).output
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let file = scratch.file("log.ndjson")
        try #"{"device":"Robot-1","message":"hello"}"#.write(toFile: file, atomically: true, encoding: .utf8)
        let ingested = try await logdb(["ingest", file, "--api-key", key] + target)
        #expect(ingested.status == 0, "\(ingested.errors)")
        let shipped = try await run(
            Binaries.agent,
            ["ship", file, "--server", server.url, "--device", "Robot-2", "--state", scratch.file("state")],
            in: scratch,
            environment: ["LOGDB_API_KEY": key])
        #expect(shipped.status == 0, "\(shipped.errors)")
        let forbidden = try await logdb(["query", "since:1d"] + target, environment: ["LOGDB_API_KEY": key])
        #expect(forbidden.status == 2 && forbidden.errors.contains("403"), "\(forbidden.errors)")
        let found = try await logdb(["query", "since:1d", "--output", "raw"] + target, environment: root)
        #expect(found.status == 0 && found.output == "hello\nhello\n", "\(found.output)\(found.errors)")

        let added = try await logdb(
            ["user", "add", "bob", "--role", "viewer", "--password-stdin"] + target, input: "correct horse",
            environment: root)
        #expect(added.status == 0, "\(added.errors)")
        #expect(try await logdb(["user", "list"] + target, environment: root).output.contains("bob"))
        #expect(try await logdb(["user", "remove", "bob"] + target, environment: root).status == 0)
        let chain = try await logdb(["admin", "audit", "--verify"] + target, environment: root)
        #expect(chain.status == 0 && chain.output.hasPrefix("intact: "), "\(chain.errors)")
        #expect(await server.stop() == 0)
        let said = await server.output + server.errors
        for secret in [access, key, "correct horse"] { #expect(!said.contains(secret)) }
    }
}
