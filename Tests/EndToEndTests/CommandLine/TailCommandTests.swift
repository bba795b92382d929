import Foundation
import LogModel
import Testing

/// `logdb tail` against a server.
@Suite(.serialized) struct TailCommandTests {
    @Test func showsWhatArrivesOnce() async throws {
        let scratch = try ScratchDirectory()
        let server = try TestServer(in: scratch)
        try await server.start()
        try await store(["before"], to: server, in: scratch)
        let tail = try ChildProcess(
            Binaries.logdb, ["tail", "--output", "raw", "--server", server.url], output: scratch.file("tail"))
        // What arrives before the first look of `tail` is not shown; what arrives after one that showed something is.
        var count = 0
        let deadline = ContinuousClock.now + .seconds(300)
        while tail.output.isEmpty, ContinuousClock.now < deadline {
            count += 1
            try await store(["beacon \(count)"], to: server, in: scratch)
        }
        try await store((1...1_500).map { "line \($0)" }, to: server, in: scratch)
        while !tail.output.contains("line 1500\n"), ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(50))
        }
        tail.interrupt()
        _ = await tail.wait()
        let lines = tail.output.split(separator: "\n").filter { $0.hasPrefix("line") }
        #expect(lines == (1...1_500).map { "line \($0)" })
        #expect(!tail.output.contains("before"))
        #expect(tail.errors == "")
        #expect(await server.stop() == 0)
    }

    @Test func waitsForAServerThatIsStartedAgain() async throws {
        let scratch = try ScratchDirectory()
        let server = try TestServer(in: scratch)
        try await server.start()
        try await store(["old"], to: server, in: scratch)
        let tail = try ChildProcess(
            Binaries.logdb, ["tail", "since:1h", "--output", "raw", "--server", server.url],
            output: scratch.file("tail"))
        let deadline = ContinuousClock.now + .seconds(300)
        while !tail.output.contains("old"), ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(50))
        }
        await server.killNow()
        while !tail.errors.contains("waiting for it"), ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(50))
        }
        try await server.start()
        try await store(["new"], to: server, in: scratch)
        while !tail.output.contains("new"), ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(50))
        }
        tail.terminate()
        _ = await tail.wait()
        #expect(tail.output == "old\nnew\n")
        #expect(await server.stop() == 0)
    }

    @Test func startsWhereItsQuerySays() async throws {
        let scratch = try ScratchDirectory()
        let server = try TestServer(in: scratch)
        try await server.start()
        try await store(["one", "two", "three"], to: server, in: scratch)
        let tail = try ChildProcess(
            Binaries.logdb, ["tail", "since:1h", "-two", "--output", "raw", "--server", server.url],
            output: scratch.file("tail"))
        let deadline = ContinuousClock.now + .seconds(300)
        while !tail.output.contains("three"), ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(50))
        }
        tail.terminate()
        _ = await tail.wait()
        #expect(tail.output == "one\nthree\n")
        #expect(await server.stop() == 0)
    }

    @Test func saysWhatItCannotDo() async throws {
        let data = try DataDirectory()
        let local = try await data.logdb(["tail"])
        #expect(local.status == 2)
        #expect(local.errors.contains("tail needs a server"))
        let server = try TestServer(in: data.scratch)
        try await server.start()
        let counted = try await run(
            Binaries.logdb, ["tail", "since:1h | stats count()", "--server", server.url], in: data.scratch)
        #expect(counted.status == 2)
        #expect(counted.errors.contains("leave out the pipes"))
        let wrong = try await run(Binaries.logdb, ["tail", "level:EROR", "--server", server.url], in: data.scratch)
        #expect(wrong.status == 2)
        #expect(wrong.errors.contains("^~~~"))
        #expect(await server.stop() == 0)
    }

    private func store(_ messages: [String], to server: TestServer, in scratch: ScratchDirectory) async throws {
        let now = Int64(Date().timeIntervalSince1970 * 1_000_000)
        let entries = messages.enumerated().map { index, message in
            Entry(time: Timestamp(microseconds: now + Int64(index)), device: "D", message: message)
        }
        let file = scratch.file("input-\(UUID().uuidString)")
        try SampleEntries.lines(entries).write(toFile: file, atomically: true, encoding: .utf8)
        let answer = try await run(Binaries.logdb, ["ingest", "-", "--server", server.url], in: scratch, input: file)
        #expect(answer.status == 0, "\(answer.errors)")
    }
}
