import Foundation
import Testing

/// `logdb sessions files|download|archive|upload` against a server.
struct SessionFilesCommandTests {
    @Test func filesGoInAndComeOut() async throws {
        let scratch = try ScratchDirectory()
        let server = try TestServer(in: scratch)
        try await server.start()
        func logdb(_ arguments: String...) async throws -> (status: Int32, output: String, errors: String) {
            try await run(Binaries.logdb, arguments + ["--server", server.url], in: scratch)
        }
        let entries = scratch.file("log.ndjson")
        try #"{"device":"Robot-1","session_id":"run 1","module":"nav","level":"ERROR","message":"hello"}"#.write(
            toFile: entries, atomically: true, encoding: .utf8)
        #expect(try await logdb("ingest", entries).status == 0)
        // More than one part.
        let content = Data((0..<20_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 8) })
        let file = scratch.file("big.bin")
        try content.write(to: URL(fileURLWithPath: file))
        let sent = try await logdb("sessions", "upload", "run 1", file)
        #expect(sent.status == 0 && sent.output == "data/big.bin\n", "\(sent.errors)")
        let other = try await logdb("sessions", "upload", "run 1", entries, "--path", "data/big.bin")
        #expect(other.status == 2 && other.errors.contains("replace=true"), "\(other.errors)")
        let list = try await logdb("sessions", "files", "run 1", "--output", "json")
        #expect(
            list.output.contains("logs/module_nav.log") && list.output.contains(#""size":"20000000""#), "\(list.errors)"
        )
        let got = scratch.file("got.bin")
        let fetched = try await logdb("sessions", "download", "run 1", "data/big.bin", "--out", got)
        #expect(fetched.status == 0, "\(fetched.errors)")
        #expect(try Data(contentsOf: URL(fileURLWithPath: got)) == content)
        let log = try await logdb("sessions", "download", "run 1", "logs/session.log", "--out", "-")
        #expect(log.output.hasSuffix(" ERROR [nav] hello\n"), "\(log.output)\(log.errors)")
        let zip = scratch.file("all.zip")
        #expect(try await logdb("sessions", "archive", "run 1", "--out", zip).status == 0)
        let listed = try await run("/usr/bin/python3", ["-m", "zipfile", "-t", zip], in: scratch)
        #expect(listed.status == 0 && listed.output.contains("Done testing"), "\(listed.errors)")
        #expect(try await logdb("sessions", "download", "run 1", "data/none").status == 2)
        #expect(try await logdb("sessions", "files", "none").status == 2)
        let local = try await run(
            Binaries.logdb, ["sessions", "files", "run 1", "--data", scratch.file("data")], in: scratch)
        #expect(local.status == 2 && local.errors.contains("--server"))
        #expect(await server.stop() == 0)
    }
}
