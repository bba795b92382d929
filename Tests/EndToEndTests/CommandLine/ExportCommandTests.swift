import Foundation
import LogModel
import Testing

/// The forms of `logdb export`, which are the same through a server and straight from a directory.
@Suite(.serialized) struct ExportCommandTests {
    private static let queries = [
        "", "level:>=WARN", "xyzzy", "since:2025-01-01 | fields time, message, retry_count", "| stats count() by level",
    ]

    @Test func aServerAndItsDirectoryExportTheSame() async throws {
        let scratch = try ScratchDirectory()
        let server = try TestServer(in: scratch)
        try await server.start()
        let file = scratch.file("log.ndjson")
        let entries = SampleEntries.make(1_500, seed: 31, start: QueryCase.start)
        try SampleEntries.lines(entries).write(toFile: file, atomically: true, encoding: .utf8)
        let ingest = try await run(Binaries.logdb, ["ingest", file, "--server", server.url], in: scratch)
        #expect(ingest.status == 0, "\(ingest.errors)")
        let served = try await answers(["--server", server.url], in: scratch)
        #expect(await server.stop() == 0)
        let direct = try await answers(["--data", scratch.file("data")], in: scratch)
        for (served, direct) in zip(served, direct) {
            #expect(served.output == direct.output, "\(served.arguments)")
            #expect(served.status == direct.status, "\(served.arguments)")
            #expect(served.status == (served.arguments.contains("xyzzy") ? 1 : 0), "\(served.arguments)")
        }
    }

    private func answers(
        _ target: [String], in scratch: ScratchDirectory
    ) async throws -> [(arguments: [String], status: Int32, output: String)] {
        var answers: [(arguments: [String], status: Int32, output: String)] = []
        for query in Self.queries {
            for form in [["--format", "ndjson"], ["--format", "csv"], ["--format", "json", "--order", "asc"]] {
                let arguments = ["export", query] + form
                let answer = try await run(Binaries.logdb, arguments + target, in: scratch)
                #expect(answer.errors == "", "\(arguments)")
                answers.append((arguments, answer.status, answer.output))
            }
        }
        return answers
    }

    @Test func jsonIsOneArray() async throws {
        let data = try DataDirectory()
        try await data.ingest(
            "log.ndjson", try SampleEntries.lines(SampleEntries.make(40, seed: 32, start: QueryCase.start)))
        for (query, count) in [("", 40), ("xyzzy", 0)] {
            let answer = try await data.logdb(["export", query, "--format", "json"])
            let rows = try JSONDecoder().decode([StoredRow].self, from: Data(answer.output.utf8))
            #expect(rows.count == count)
        }
    }

    @Test func aSpreadsheetRunsNothing() async throws {
        let data = try DataDirectory()
        try await data.ingest(
            "log.ndjson", #"{"device":"=cmd","time":"2025-01-03T14:00:00Z","message":"@SUM(1,\"2\")\nx"}"#)
        let answer = try await data.logdb(["export", "| fields device, message", "--format", "csv"])
        #expect(answer.output == "device,message\r\n'=cmd,\"'@SUM(1,\"\"2\"\")\nx\"\r\n")
    }

    @Test func aFileIsWrittenOnlyByAQueryThatRuns() async throws {
        let data = try DataDirectory()
        try await data.ingest(
            "log.ndjson", try SampleEntries.lines(SampleEntries.make(40, seed: 33, start: QueryCase.start)))
        let file = try data.write("out.ndjson", "older")
        let refused = try await data.logdb(["export", "level:EROR", "--out", file])
        #expect(refused.status == 2)
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "older")
        #expect(try await data.logdb(["export", "--out", file]).status == 0)
        #expect(try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").count == 40)
        #expect(try await data.logdb(["export", "xyzzy", "--out", file]).status == 1)
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "")
    }
}
