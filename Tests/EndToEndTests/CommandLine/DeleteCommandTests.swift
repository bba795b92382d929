import Foundation
import Testing

/// `logdb admin delete` against a server and on a data directory.
@Suite(.serialized) struct DeleteCommandTests {
    private static func lines(_ messages: [String]) -> String {
        messages.enumerated().map { index, message in
            #"{"time":"2025-01-03T00:00:\#(String(format: "%02d", index))Z","level":"INFO","device":"ROB-1","message":"\#(message)"}"#
        }.joined(separator: "\n") + "\n"
    }

    @Test func entriesGoByCommand() async throws {
        let scratch = try ScratchDirectory()
        let server = try TestServer(in: scratch)
        try await server.start()
        let file = scratch.file("log.ndjson")
        try Self.lines((0..<30).map { $0 % 3 == 0 ? "secret \($0)" : "other \($0)" })
            .write(toFile: file, atomically: true, encoding: .utf8)
        for target in [["--server", server.url], ["--data", scratch.file("data")]] {
            if target[0] == "--data" { #expect(await server.stop() == 0) }
            let ingest = try await run(Binaries.logdb, ["ingest", file, "--again"] + target, in: scratch)
            #expect(ingest.status == 0, "\(ingest.errors)")
            func admin(_ arguments: [String]) async throws -> (status: Int32, output: String, errors: String) {
                let answer = try await run(Binaries.logdb, ["admin"] + arguments + target, in: scratch)
                return (answer.status, answer.output, answer.errors)
            }
            let dry = try await admin(["delete", "secret", "--dry-run"])
            #expect(dry.status == 0)
            #expect(dry.output == "10 entries would go\n")
            let unasked = try await admin(["delete", "secret"])
            #expect(unasked.status == 2)
            #expect(unasked.errors.contains("--yes"))
            let done = try await admin(["delete", "secret", "--yes"])
            #expect(done.status == 0, "\(done.errors)")
            #expect(done.output == "10 entries deleted\n")
            #expect(try await admin(["delete", "secret", "--yes"]).status == 1)
            let wrong = try await admin(["delete", "level:BOGUS", "--yes"])
            #expect(wrong.status == 2)
            #expect(wrong.errors.contains("^"), "\(wrong.errors)")
            #expect(try await admin(["delete", "* | limit 1", "--yes"]).errors.contains("pipes"))
            let rest = try await run(
                Binaries.logdb, ["query", "since:1970-01-01 | stats count()", "--output", "csv"] + target, in: scratch)
            #expect(rest.output.contains(target[0] == "--data" ? "40" : "20"), "\(rest.output)")
            let jobs = try await admin(["jobs", "--output", "json"])
            #expect(jobs.status == (target[0] == "--data" ? 2 : 0))
            if target[0] == "--server" { #expect(jobs.output.contains(#""kind":"delete""#), "\(jobs.output)") }
        }
    }

    /// A deletion that a kill meets before, in and after its purge is whole afterwards.
    @Test func aKilledServerGoesOnDeleting() async throws {
        let scratch = try ScratchDirectory()
        let server = try TestServer(in: scratch)
        try await server.start()
        let file = scratch.file("log.ndjson")
        try Self.lines((0..<60).map { "secret word\($0 % 20) \($0)" }).write(
            toFile: file, atomically: true, encoding: .utf8)
        let ingest = try await run(Binaries.logdb, ["ingest", file, "--server", server.url], in: scratch)
        #expect(ingest.status == 0, "\(ingest.errors)")
        var random = SeededGenerator(seed: 91)
        for word in 0..<20 {
            async let deletion = run(
                Binaries.logdb, ["admin", "delete", "word\(word)", "--yes", "--server", server.url], in: scratch)
            // The moment of the fault, not a wait for anything.
            try await Task.sleep(for: .milliseconds(Int.random(in: 20...150, using: &random)))
            await server.killNow()
            _ = try await deletion
            try await server.start()
            let rows = try await server.export()
            // All three entries of the word are there, or none.
            let left = rows.filter { $0.message.contains("word\(word) ") }.count
            #expect(left == 0 || left == 3, "word\(word)")
            if left == 3 {
                let again = try await run(
                    Binaries.logdb, ["admin", "delete", "word\(word)", "--yes", "--server", server.url], in: scratch)
                #expect(again.status == 0, "\(again.errors)")
            }
            #expect(try await server.export().count == 60 - (word + 1) * 3)
        }
        #expect(await server.stop() == 0)
        let check = try await run(Binaries.logdb, ["admin", "check", "--data", scratch.file("data")], in: scratch)
        #expect(check.status == 0, "\(check.errors)")
    }
}
