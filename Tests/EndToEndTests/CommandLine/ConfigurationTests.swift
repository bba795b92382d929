import Foundation
import Testing

/// Where the settings of `logdb serve` come from, as `logdb check-config` tells it.
struct ConfigurationTests {
    private let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    private func check(
        _ file: String?, _ options: [String] = [], environment: [String: String] = [:]
    ) async throws -> (status: Int32, output: String, errors: String) {
        var arguments = ["check-config"] + options
        if let file {
            let path = scratch.file("config.yaml")
            try file.write(toFile: path, atomically: false, encoding: .utf8)
            arguments += ["--config", path]
        }
        return try await run(Binaries.logdb, arguments, in: scratch, environment: environment)
    }

    @Test func anOptionBeatsTheEnvironmentWhichBeatsTheFile() async throws {
        let file = "data: /from/file\nlisten: 127.0.0.1:1\nretention: 1d\nquery_time: 10s\n"
        let found = try await check(
            file, ["--listen", "127.0.0.1:3"],
            environment: ["LOGDB_LISTEN": "127.0.0.1:2", "LOGDB_RETENTION": "2d", "LOG_HOT_RETENTION_DAYS": "7"])
        #expect(found.status == 0 && found.errors == "", "\(found.errors)")
        let lines = found.output.split(separator: "\n")
        #expect(lines.contains { $0.hasPrefix("data: /from/file  # ") && $0.hasSuffix("config.yaml:1") })
        #expect(lines.contains("listen: 127.0.0.1:3  # --listen"))
        #expect(lines.contains("retention: 2d  # LOGDB_RETENTION"))
        #expect(lines.contains("auth: required  # default"))
        let alias = try await check(file, environment: ["LOG_HOT_RETENTION_DAYS": "7"])
        #expect(alias.output.contains("retention: 7d  # LOG_HOT_RETENTION_DAYS"))
    }

    @Test func nestedKeysAndListsAreRead() async throws {
        let found = try await check(
            "data: d\nlisten: 0.0.0.0:1\ntls:\n  cert: c.pem\n  key: k.pem\npublic-name: [a.example, b.example]\n")
        #expect(found.output.contains("tls_cert: c.pem  # ") && found.output.contains("tls_key: k.pem  # "))
        #expect(found.output.contains("public_name: a.example, b.example  # "), "\(found.output)\(found.errors)")
    }

    @Test func unknownKeysAreWarnedOfWithoutTheirValues() async throws {
        let found = try await check("data: d\nretentoin: hunter2\npasswords: hunter3\n")
        #expect(found.status == 0)
        #expect(found.errors.contains(":2: there is no setting “retentoin”; did you mean “retention”?"))
        #expect(found.errors.contains(":3: there is no setting “passwords”"))
        #expect(!(found.output + found.errors).contains("hunter"))
    }

    @Test func everythingThatIsWrongIsToldAtOnce() async throws {
        let found = try await check("listen: nowhere\nauth: maybe\ntls: yes\nretention: soon\nquery_memory: 3\n")
        #expect(found.status == 2 && found.output == "")
        for part in ["--data", "nowhere", "maybe", "auto or off", "soon", "--query-memory"] {
            #expect(found.errors.contains(part), "\(part): \(found.errors)")
        }
        for file in ["- a list", "a: [", "listen: [a, b]\ndata: d"] {
            let found = try await check(file)
            #expect(found.status == 2 && found.errors.contains("config.yaml"), "\(file): \(found.errors)")
        }
        let missing = try await check(nil, ["--config", scratch.file("nothing")])
        #expect(missing.status == 2 && missing.errors.contains("could not read"))
    }

    @Test func aMemoryThatIsTooSmallIsRefused() async throws {
        let found = try await check(nil, ["--data", "d", "--memory", "64MiB"])
        #expect(found.status == 2 && found.errors.contains("--memory is a size from 128"), "\(found.errors)")
        let given = try await check(nil, ["--data", "d"], environment: ["LOGDB_MEMORY": "1GiB"])
        #expect(given.output.contains("memory: 1GiB  # LOGDB_MEMORY"))
        #expect(try await check(nil, ["--data", "d"]).output.contains("memory: 384MiB  # default"))
    }

    @Test func aServerRunsByItsFile() async throws {
        let port = try TestServer.freePort()
        let file = scratch.file("serve.yaml")
        try "data: \(scratch.file("data"))\nlisten: 127.0.0.1:\(port)\nauth: none\ndatta: x\n".write(
            toFile: file, atomically: false, encoding: .utf8)
        let server = try ChildProcess(Binaries.logdb, ["serve", "--config", file], output: scratch.file("out"))
        let deadline = ContinuousClock.now + .seconds(300)
        while !server.output.contains("serves"), server.isRunning, ContinuousClock.now < deadline { await Task.yield() }
        #expect(server.output.contains("http://127.0.0.1:\(port)"))
        #expect(server.errors.contains("did you mean “data”?"))
        server.terminate()
        #expect(await server.wait() == 0)
    }

    @Test func theServersOwnLogIsForPeopleOrMachines() async throws {
        let server = try TestServer(in: scratch)
        try await server.start(["--log-format", "json", "--log-level", "info", "--slow-query", "1s"])
        _ = try await run(
            Binaries.logdb, ["query", "hunter2 since:1h", "--server", server.url], in: scratch)
        #expect(await server.stop() == 0)
        struct Line: Decodable {
            var time: String
            var level: String
            var message: String
            var route: String?
            var status: String?
            var request_id: String?
        }
        let lines = await server.errors.split(separator: "\n")
        let read = try lines.map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
        let query = try #require(read.first { $0.route == "/api/v1/logs" })
        #expect(query.message == "request" && query.status == "200" && query.request_id?.isEmpty == false)
        #expect(!lines.joined().contains("hunter2"))
        let wrong = try await check("data: d\nlog_level: loud\n")
        #expect(wrong.status == 2 && wrong.errors.contains("debug or info or warning or error"), "\(wrong.errors)")
    }

    @Test func anAuthorityIsMadeAndShown() async throws {
        let data = ["--data", scratch.file("fresh/data")]
        let none = try await run(Binaries.logdb, ["ca", "show"] + data, in: scratch)
        #expect(none.status == 2 && none.errors.contains("logdb ca init"))
        #expect(try await run(Binaries.logdb, ["ca", "init"] + data, in: scratch).status == 0)
        let first = try await run(Binaries.logdb, ["ca", "show"] + data, in: scratch)
        #expect(first.output.hasPrefix("-----BEGIN CERTIFICATE-----"))
        #expect(try await run(Binaries.logdb, ["ca", "init"] + data, in: scratch).status == 0)
        #expect(try await run(Binaries.logdb, ["ca", "show"] + data, in: scratch).output == first.output)

        // A server of its own authority, and a command that trusts it.
        let port = try TestServer.freePort()
        let authority = scratch.file("ca.pem")
        try first.output.write(toFile: authority, atomically: false, encoding: .utf8)
        let key = try await run(
            Binaries.logdb, ["apikey", "add", "k", "--scope", "query", "--scope", "operate"] + data, in: scratch
        ).output.trimmingCharacters(in: .whitespacesAndNewlines)
        let server = try ChildProcess(
            Binaries.logdb, ["serve", "--listen", "0.0.0.0:\(port)", "--tls", "auto"] + data,
            output: scratch.file("tls"))
        let deadline = ContinuousClock.now + .seconds(300)
        while !server.output.contains("serves"), server.isRunning, ContinuousClock.now < deadline { await Task.yield() }
        let target = ["--server", "https://localhost:\(port)", "--api-key", key]
        let stats = try await run(Binaries.logdb, ["admin", "stats", "--ca-file", authority] + target, in: scratch)
        #expect(stats.status == 0, "\(stats.errors)\(server.errors)")
        let distrusted = try await run(Binaries.logdb, ["admin", "stats"] + target, in: scratch)
        #expect(distrusted.status == 2)
        server.terminate()
        #expect(await server.wait() == 0)
    }
}
