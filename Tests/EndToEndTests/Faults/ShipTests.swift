import Foundation
import LogModel
import Testing

/// The agent's `ship`: every line exactly once, whoever is killed.
@Suite(.serialized) struct ShipTests {
    static let faultCount = Binaries.isLong ? 300 : 20
    static let device = "Robot-7"

    @Test func shipsAFileThatGrowsWhileBothSidesAreKilled() async throws {
        let directory = try ScratchDirectory()
        let server = try TestServer(in: directory)
        try await server.start()
        var random = SeededGenerator(seed: 7)
        var expected: [Entry] = []
        let log = directory.file("robot.ndjson")
        for fault in 1...Self.faultCount {
            let entries = chunk(fault, using: &random)
            try append(entries, to: log)
            expected += entries
            let agent = try ship(log, to: server, in: directory, run: fault)
            // The moment of the fault, not a wait for anything.
            try await Task.sleep(for: .milliseconds(Int.random(in: 10...400, using: &random)))
            let whom = Int.random(in: 0..<3, using: &random)
            if whom != 0 { await server.killNow() }
            if whom != 1 { await agent.killNow() }
            if whom != 0 { try await server.start() }
            if whom == 1 {
                // It waits for the server and goes on by itself.
                #expect(await agent.wait() == 0, "\(agent.errors)")
            }
        }
        let last = try ship(log, to: server, in: directory, run: Self.faultCount + 1)
        #expect(await last.wait() == 0, "\(last.errors)")
        let found = try await server.export().map { try $0.entry() }
        #expect(found.count == expected.count)
        #expect(differences(found: found, expected: expected) == [])

        // With nothing new, nothing is sent.
        let idle = try ship(log, to: server, in: directory, run: Self.faultCount + 2)
        #expect(await idle.wait() == 0)
        #expect(try await server.export().count == expected.count)
        #expect(await server.stop() == 0)
    }

    @Test func followsAFile() async throws {
        let directory = try ScratchDirectory()
        let server = try TestServer(in: directory)
        try await server.start()
        var random = SeededGenerator(seed: 8)
        let log = directory.file("robot.ndjson")
        let first = chunk(1, using: &random)
        try append(first, to: log)
        let agent = try ship(log, to: server, in: directory, run: 1, more: ["--follow"])
        try await waitFor(first.count, in: server)
        let second = chunk(2, using: &random)
        try append(second, to: log)
        try await waitFor(first.count + second.count, in: server)
        agent.terminate()
        _ = await agent.wait()
        let found = try await server.export().map { try $0.entry() }
        #expect(differences(found: found, expected: first + second) == [])
        #expect(await server.stop() == 0)
    }

    @Test func linesThatAreNoEntriesDoNotStopTheOthers() async throws {
        let directory = try ScratchDirectory()
        let server = try TestServer(in: directory)
        try await server.start()
        var random = SeededGenerator(seed: 9)
        let entries = chunk(1, using: &random)
        var lines = try entries.map { try $0.line() }
        lines.insert("{\"level\":\"INFO\",\"message\":", at: 3)
        lines.insert("{\"level\":\"LOUD\",\"message\":\"no such level\"}", at: 7)
        let log = directory.file("robot.ndjson")
        try (lines.joined(separator: "\n") + "\n").write(toFile: log, atomically: true, encoding: .utf8)
        let agent = try ship(log, to: server, in: directory, run: 1)
        _ = await agent.wait()
        #expect(agent.errors.contains("invalid_level"))
        let found = try await server.export().map { try $0.entry() }
        #expect(differences(found: found, expected: entries) == [])
        #expect(await server.stop() == 0)
    }

    private func ship(
        _ log: String, to server: TestServer, in directory: ScratchDirectory, run: Int, more: [String] = []
    ) throws -> ChildProcess {
        try ChildProcess(
            Binaries.agent,
            [
                "ship", log, "--server", server.url, "--device", Self.device, "--session", "shift", "--state",
                directory.file("state"), "--batch-size", "100",
            ] + more, output: directory.file("agent-\(run)"))
    }

    private func chunk(_ number: Int, using random: inout SeededGenerator) -> [Entry] {
        let start = QueryCase.start.microseconds + Int64(number) * 60_000_000
        return (0..<1_000).map { index in
            Entry(
                time: Timestamp(microseconds: start + Int64(index) * 50), level: .info, device: Self.device,
                session: "shift", module: "navigation", message: "line \(number).\(index) \(random.next())")
        }
    }

    private func append(_ entries: [Entry], to log: String) throws {
        if !FileManager.default.fileExists(atPath: log) {
            _ = FileManager.default.createFile(atPath: log, contents: nil)
        }
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
        try file.seekToEnd()
        try file.write(contentsOf: Data(SampleEntries.lines(entries).utf8))
        try file.close()
    }

    private func waitFor(_ count: Int, in server: TestServer) async throws {
        let deadline = ContinuousClock.now + .seconds(300)
        while try await server.export().count < count {
            guard ContinuousClock.now < deadline else { throw Stuck("the server never got \(count) entries") }
            try await Task.sleep(for: .milliseconds(100))
        }
    }
}
