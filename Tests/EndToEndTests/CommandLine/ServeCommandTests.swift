import Foundation
import Testing

/// How `logdb serve` refuses to start, and what commands say that meet it.
@Suite(.serialized) struct ServeCommandTests {
    @Test func refusesWhatWouldBeUnsafe() async throws {
        let scratch = try ScratchDirectory()
        let cases: [(arguments: [String], reason: String)] = [
            (["--listen", "0.0.0.0:0", "--auth", "none"], "loopback"),
            (["--listen", "0.0.0.0:0"], "TLS"),
            (["--listen", "localhost", "--auth", "none"], "127.0.0.1:8080"),
            (["--listen", "127.0.0.1:0", "--auth", "none", "--retention", "5"], "retention"),
            (["--listen", "127.0.0.1:0", "--auth", "none", "--retention", "5m"], "one hour"),
        ]
        for (arguments, reason) in cases {
            let answer = try await run(
                Binaries.logdb, ["serve", "--data", scratch.file("data")] + arguments, in: scratch)
            #expect(answer.status == 2, "\(arguments)")
            #expect(answer.errors.contains(reason), "\(arguments): \(answer.errors)")
            #expect(answer.output == "")
        }
    }

    @Test func oneProcessHasTheDirectory() async throws {
        let scratch = try ScratchDirectory()
        let server = try TestServer(in: scratch)
        try await server.start()
        let data = scratch.file("data")
        let query = try await run(Binaries.logdb, ["query", "x", "--data", data], in: scratch)
        #expect(query.status == 2)
        #expect(query.errors.contains("--server http://"))
        let port = try TestServer.freePort()
        let second = try await run(
            Binaries.logdb, ["serve", "--data", data, "--listen", "127.0.0.1:\(port)", "--auth", "none"], in: scratch)
        #expect(second.status == 2)
        #expect(second.errors.contains("in use by another process"))
        let taken = try await run(
            Binaries.logdb,
            ["serve", "--data", scratch.file("other"), "--listen", "127.0.0.1:\(server.port)", "--auth", "none"],
            in: scratch)
        #expect(taken.status == 2)
        #expect(taken.errors.contains("cannot listen on 127.0.0.1:\(server.port)"))
        #expect(await server.stop() == 0)
    }

    @Test func saysWhereItIs() async throws {
        let scratch = try ScratchDirectory()
        let server = try TestServer(in: scratch)
        try await server.start()
        #expect(await server.stop() == 0)
        let output = await server.output
        #expect(output.contains(server.url))
        #expect(output.split(separator: "\n").count == 1)
    }

    @Test func administration() async throws {
        let scratch = try ScratchDirectory()
        let server = try TestServer(in: scratch)
        try await server.start()
        let entries = SampleEntries.make(300, seed: 21, start: QueryCase.start)
        let file = scratch.file("log.ndjson")
        try SampleEntries.lines(entries).write(toFile: file, atomically: true, encoding: .utf8)
        for target in [["--server", server.url], ["--data", scratch.file("data")]] {
            if target[0] == "--data" { #expect(await server.stop() == 0) }
            let ingest = try await run(Binaries.logdb, ["ingest", file, "--again"] + target, in: scratch)
            #expect(ingest.status == 0, "\(ingest.errors)")
            let compact = try await run(Binaries.logdb, ["admin", "compact"] + target, in: scratch)
            #expect(compact.status == 0, "\(compact.errors)")
            #expect(compact.output.hasPrefix("compacted in "))
            let stats = try await run(Binaries.logdb, ["admin", "stats"] + target, in: scratch)
            #expect(stats.status == 0)
            #expect(stats.output.contains("message"))
            let json = try await run(Binaries.logdb, ["admin", "stats", "--output", "json"] + target, in: scratch)
            struct Storage: Decodable {
                struct Tier: Decodable { var entries: Int }
                struct Column: Decodable { var name: String }
                var tiers: [String: Tier]
                var columns: [Column]
                var rocksdb: [String: Int]
            }
            let storage = try JSONDecoder().decode(Storage.self, from: Data(json.output.utf8))
            #expect(storage.tiers["hot"]?.entries == (target[0] == "--data" ? 600 : 300))
            #expect(storage.tiers["cold"]?.entries == 0)
            #expect(storage.columns.contains { $0.name == "message" })
            #expect(!storage.rocksdb.isEmpty)
        }
    }
}
