import Foundation
import LogModel
import Testing

/// A file that grows, and `logdb ingest` run on it again and again, killed at any moment, by way of a server or of the
/// directory, in batches of any size: each line is stored once.
@Suite(.serialized) struct KillIngestTests {
    static let stepCount = Binaries.isLong ? 200 : 16

    @Test func eachLineOnceHoweverOftenItIsKilled() async throws {
        let scratch = try ScratchDirectory()
        let server = try TestServer(in: scratch)
        var random = SeededGenerator(seed: 16)
        let file = scratch.file("growing.ndjson")
        var text = ""
        var expected: [Entry] = []
        for step in 1...Self.stepCount {
            let entries = chunk(step, using: &random)
            expected += entries
            // Bad lines among them, and often an end within a line.
            for (index, line) in try entries.map({ try $0.line() }).enumerated() {
                if (index + step) % 97 == 0 { text += "not an entry\n" }
                text += line + "\n"
            }
            let end =
                Bool.random(using: &random) ? text.utf8.count : text.utf8.count - Int.random(in: 1...40, using: &random)
            try Data(text.utf8.prefix(end)).write(to: URL(fileURLWithPath: file))
            let isServed = Bool.random(using: &random)
            if isServed { try await server.start() }
            let target = isServed ? ["--server", server.url] : ["--data", scratch.file("data")]
            let batchSize = String(1 << Int.random(in: 4...12, using: &random))
            let ingest = try ChildProcess(
                Binaries.logdb, ["ingest", file, "--batch-size", batchSize] + target,
                output: scratch.file("ingest-\(step)"))
            if Int.random(in: 0..<3, using: &random) > 0 {
                // The moment of the fault, not a wait for anything.
                try await Task.sleep(for: .milliseconds(Int.random(in: 20...600, using: &random)))
                await ingest.killNow()
            } else {
                #expect([0, 2].contains(await ingest.wait()), "\(ingest.errors)")
            }
            if isServed { #expect(await server.stop() == 0) }
        }
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        for _ in 0..<2 {
            let last = try await run(Binaries.logdb, ["ingest", file, "--data", scratch.file("data")], in: scratch)
            #expect([0, 2].contains(last.status), "\(last.errors)")
        }
        try await server.start()
        let found = try await server.export().map { try $0.entry() }
        #expect(found.count == expected.count)
        #expect(differences(found: found, expected: expected) == [])
        #expect(await server.stop() == 0)
    }

    @Test func anInterruptedIngestSaysHowToGoOn() async throws {
        let data = try DataDirectory()
        let entries = SampleEntries.make(4_000, seed: 17, start: QueryCase.start)
        let file = try data.write("log.ndjson", try SampleEntries.lines(entries))
        let ingest = try ChildProcess(
            Binaries.logdb, ["ingest", file, "--batch-size", "2", "--data", data.path],
            output: data.scratch.file("ingest"))
        // Once the directory is there the ingest has begun, and it has more than a thousand batches to go.
        while !FileManager.default.fileExists(atPath: data.path + "/CURRENT"), ingest.isRunning {
            try await Task.sleep(for: .milliseconds(5))
        }
        ingest.interrupt()
        #expect(await ingest.wait() == 130)
        #expect(ingest.errors.contains("the same command goes on"))
        let rest = try await data.logdb(["ingest", file])
        #expect(rest.status == 0)
        let found = try await data.entries()
        #expect(differences(found: found, expected: entries) == [])
    }

    private func chunk(_ step: Int, using random: inout SeededGenerator) -> [Entry] {
        let start = QueryCase.start.microseconds + Int64(step) * 60_000_000
        return (0..<Int.random(in: 1...900, using: &random)).map { index in
            Entry(
                time: Timestamp(microseconds: start + Int64(index) * 50), level: .info, device: "Robot-7",
                session: "shift", module: "navigation", message: "line \(step).\(index)")
        }
    }
}
