import Foundation
import LogModel
import TestSupport
import Testing

/// A real publisher, `logdb-agent run` and `logdb serve`: each entry that reached the spool is stored once, whoever is
/// killed.
@Suite(.serialized) struct KillAgentTests {
    static let cycleCount = Binaries.isLong ? 300 : 9
    static let entryCount = 200

    @Test func everyEntryOnceWhoeverIsKilled() async throws {
        let directory = try ScratchDirectory()
        let server = try TestServer(in: directory)
        try await server.start()
        let agent = try TestAgent(in: directory, server: server.url)
        var random = SeededGenerator(seed: 11)
        var expected: Set<String> = []
        try agent.start()
        for cycle in 1...Self.cycleCount {
            let publisher = try await agent.publisher()
            for number in 0..<Self.entryCount {
                let message = "cycle \(cycle) entry \(number)."
                publisher.send("{\"message\":\"\(message)\",\"context\":{\"n\":\(number)}}")
                expected.insert(message)
            }
            try await agent.awaitSpooled("cycle \(cycle) entry \(Self.entryCount - 1).")
            // The moment of the fault: before, while or after the batch is on its way.
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...150, using: &random)))
            let whom = cycle % 3
            if whom != 0 { await agent.killNow() }
            if whom != 1 { await server.killNow() }
            if whom != 1 { try await server.start() }
            if whom != 0 { try agent.start() }
        }
        try await agent.waitUntil("the server has everything", every: .milliseconds(100)) {
            try await server.export("since:1970-01-01 level:INFO").count >= expected.count
        }
        #expect(await agent.stop() == 0)
        let rows = try await server.export().filter { $0.message.hasPrefix("cycle ") }
        #expect(rows.count == expected.count)
        #expect(Set(rows.map(\.message)) == expected)
        #expect(rows.allSatisfy { $0.device == "Robot-7" })
        #expect(await server.stop() == 0)
    }

    @Test func waitsForTheServerAndSendsTheLastBatchWhenItIsStopped() async throws {
        let directory = try ScratchDirectory()
        let server = try TestServer(in: directory)
        // A batch that only its end would send.
        let agent = try TestAgent(in: directory, server: server.url, upload: "batch_interval_ms: 600000")
        try agent.start(["--session", "mission"])
        let publisher = try await agent.publisher()
        for number in 0..<50 { publisher.send("{\"message\":\"early \(number).\"}") }
        try await agent.awaitSpooled("early 49.")
        #expect(await agent.stop() == 0)
        try await server.start()
        try agent.start(["--session", "other"])
        let again = try await agent.publisher()
        again.send("{\"message\":\"late\"}")
        #expect(await agent.stop() == 0, "\(agent.process?.errors ?? "")")
        let rows = try await server.export().filter { !$0.message.hasPrefix("hello") }
        #expect(Set(rows.map(\.message)) == Set((0..<50).map { "early \($0)." } + ["late"]))
        #expect(rows.count == 51)
        #expect(rows.first { $0.message == "late" }?.session == "other")
        #expect(rows.first { $0.message == "early 0." }?.session == "mission")
        let status = try await run(Binaries.agent, ["status", "--config", agent.configuration], in: directory)
        #expect(status.status == 1)
        #expect(status.output.contains("not running"))
        #expect(status.output.contains("spool       0 entries"))
        #expect(await server.stop() == 0)
    }

    @Test func saysWhatIsWrongWithAConfiguration() async throws {
        let directory = try ScratchDirectory()
        let file = directory.file("fleet.yaml")
        try "fleet: {backend_url: \"http://logs.example\", dsn: R}\nspool: {when_full: never}\n".write(
            toFile: file, atomically: true, encoding: .utf8)
        for command in [["check-config", file], ["run", "--config", file]] {
            let answer = try await run(Binaries.agent, command, in: directory)
            #expect(answer.status == 2)
            #expect(answer.errors.contains("backend_url must begin with http:// and name this machine"))
            #expect(answer.errors.contains("spool.when_full is one of oldest, lowest_level, block"))
        }
        try "fleet: {backend_url: \"http://localhost:1\", dsn: R, colour: red}\n".write(
            toFile: file, atomically: true, encoding: .utf8)
        let good = try await run(Binaries.agent, ["check-config", file], in: directory)
        #expect(good.status == 0)
        #expect(good.errors.contains("fleet.colour is not known"))
    }
}
