import Foundation
import LogModel
import Testing

/// `logdb export --parallel`: the parts together are what a single export gives, though it be killed in between.
@Suite(.serialized) struct PartedExportTests {
    private static let entryCount = Binaries.isLong ? 1_000_000 : 6_000

    private let scratch: ScratchDirectory
    private let server: TestServer

    init() async throws {
        scratch = try ScratchDirectory()
        server = try TestServer(in: scratch)
        try await server.start()
        let file = scratch.file("log.ndjson")
        // Most of them crowd in a second, some are years away.
        var lines = try SampleEntries.lines(SampleEntries.make(Self.entryCount / 2, seed: 41, start: QueryCase.start))
        for index in 0..<Self.entryCount / 2 {
            lines +=
                #"{"device":"Robot-\#(index % 7)","level":"WARN","time":"2025-01-02T00:00:00.\#(100_000 + index / 3)Z","#
                + #""message":"crowd \#(index)"}"# + "\n"
        }
        for year in [1971, 1999, 2020] {
            lines += #"{"device":"Old","time":"\#(year)-01-01T00:00:00Z","message":"\#(year)"}"# + "\n"
        }
        try lines.write(toFile: file, atomically: true, encoding: .utf8)
        let ingest = try await run(Binaries.logdb, ["ingest", file, "--server", server.url], in: scratch)
        #expect(ingest.status == 0, "\(ingest.errors)")
    }

    private func export(
        _ arguments: [String], to target: [String]? = nil
    ) async throws -> (status: Int32, output: String, errors: String) {
        try await run(Binaries.logdb, ["export"] + arguments + (target ?? ["--server", server.url]), in: scratch)
    }

    private func parts(_ name: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: scratch.file(name)).sorted()
    }

    private func joined(_ name: String) throws -> String {
        try parts(name).filter { $0.hasPrefix("part-") && !$0.hasSuffix(".partial") }.map {
            try String(contentsOfFile: "\(scratch.file(name))/\($0)", encoding: .utf8)
        }.joined()
    }

    @Test(arguments: [
        ["level:>=INFO"], ["--order", "asc"],
        ["since:2019-01-01 level:WARN | where message:crowd | fields time, message"], ["xyzzy"],
        ["until:2025-01-02 tz:Europe/Berlin -message:1999", "--order", "asc"],
    ])
    func thePartsAreTheSingleExport(_ arguments: [String]) async throws {
        let single = try await export(arguments)
        let parallel = try await export(arguments + ["--parallel", "3", "--out", scratch.file("parts")])
        #expect(parallel.status == single.status && parallel.errors == "", "\(parallel.errors)")
        let found = try joined("parts")
        #expect(found == single.output)
        if single.output.utf8.count > 10_000 { #expect(try parts("parts").count > 4) }
        // As it is, so it stays.
        let twice = try await export(arguments + ["--parallel", "3", "--out", scratch.file("parts")])
        #expect(twice.status == 2 && twice.errors.contains("--resume"), "\(twice.errors)")
        let resumed = try await export(arguments + ["--parallel", "3", "--resume", "--out", scratch.file("parts")])
        #expect(resumed.status == single.status, "\(resumed.errors)")
        let other = try await export(["level:FATAL", "--parallel", "3", "--resume", "--out", scratch.file("parts")])
        #expect(other.status == 2 && other.errors.contains("is another"), "\(other.errors)")
        #expect(await server.stop() == 0)
        let direct = try await export(
            arguments + ["--parallel", "2", "--out", scratch.file("direct")], to: ["--data", scratch.file("data")])
        #expect(direct.status == single.status && direct.errors == "", "\(direct.errors)")
        #expect(try joined("direct") == single.output)
    }

    @Test func anExportThatIsKilledGoesOnWithoutALossOrARepetition() async throws {
        let single = try await export(["--order", "asc"])
        let arguments = ["--order", "asc", "--parallel", "2", "--resume", "--out", scratch.file("parts")]
        var killCount = 0
        // Killed after each new part, whatever is half-written then.
        for round in 1...200 {
            let before = (try? joinedCount()) ?? 0
            let process = try ChildProcess(
                Binaries.logdb, ["export"] + arguments + ["--server", server.url],
                output: scratch.file("export-\(round)"))
            while process.isRunning, ((try? joinedCount()) ?? 0) <= before { await Task.yield() }
            let isOver = !process.isRunning
            await process.killNow()
            if isOver { break }
            killCount += 1
            // What comes meanwhile was not there when the export began.
            let late = scratch.file("late.ndjson")
            try #"{"device":"Late","time":"2025-01-02T00:00:00.1\#(round)Z","message":"late"}"#.write(
                toFile: late, atomically: true, encoding: .utf8)
            #expect(try await run(Binaries.logdb, ["ingest", late, "--server", server.url], in: scratch).status == 0)
        }
        #expect(killCount > 1)
        #expect(try await export(arguments).status == 0)
        #expect(try joined("parts") == single.output)
        #expect(try parts("parts").allSatisfy { !$0.hasSuffix(".partial") || $0.hasPrefix("part-") })
        #expect(await server.stop() == 0)
    }

    private func joinedCount() throws -> Int {
        try parts("parts").filter { $0.hasPrefix("part-") && !$0.hasSuffix(".partial") }.count
    }

    @Test func whatCannotBeCutIsRefused() async throws {
        let target = ["--parallel", "2", "--out", scratch.file("parts")]
        for (query, reason) in [
            ("| stats count() by level", "stats"), ("| limit 5", "limit"), ("level:LOUD", "LOUD"),
        ] {
            let answer = try await export([query] + target)
            #expect(answer.status == 2 && answer.errors.contains(reason), "\(answer.errors)")
        }
        #expect(try await export(["--parallel", "2"]).status == 2)
        #expect(try await export(["--resume"]).status == 2)
        #expect(!FileManager.default.fileExists(atPath: scratch.file("parts")))
        #expect(await server.stop() == 0)
    }
}
