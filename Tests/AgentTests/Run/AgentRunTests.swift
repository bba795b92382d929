import Foundation
import HTTPTransport
import LogModel
import Synchronization
import TestSupport
import Testing

@testable import Agent

/// The whole agent in this process: a real ZeroMQ publisher, a real spool, a server over a real socket.
@Suite(.timeLimit(.minutes(5)))
struct AgentRunTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private var endpoint: String { "ipc://\(directory.path)/logs" }

    private func configuration(_ server: String, more: String = "") throws -> AgentConfiguration {
        try AgentConfiguration(
            yaml: """
                fleet:
                  backend_url: \(server)
                  dsn: Robot-7
                  log_upload: {batch_size: 100, batch_interval_ms: 20}
                transport: {endpoint: "\(endpoint)"}
                spool: {path: \(directory.path)/spool, fsync_interval_ms: 10}
                \(more)
                """)
    }

    /// Runs the agent while `body` does, then stops it and waits for its end.
    private func withAgent(
        _ server: String, more: String = "", session: String? = nil,
        _ body: (TestPublisher) async throws -> Void
    ) async throws {
        let stop = StopRequest()
        let run = AgentRun(try configuration(server, more: more), session: session) { _ in }
        let running = Task { try await run.run(stop: stop) }
        let publisher = try TestPublisher(endpoint)
        do {
            try await body(publisher)
        } catch {
            stop.make()
            _ = await running.result
            throw error
        }
        stop.make()
        try await running.value
        withExtendedLifetime(publisher) {}
    }

    /// Says something until the server has it, so that what follows is heard.
    private func connect(_ publisher: TestPublisher, _ server: LogServerModel) async throws {
        while server.entries.isEmpty {
            publisher.send(#"{"message":"hello"}"#)
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    private func spoken(_ server: LogServerModel) -> [String] { server.messages.filter { $0 != "hello" } }

    @Test func modulesThatItStartedAreHeardToTheirLastLine() async throws {
        let server = try LogServerModel { _ in .take }
        defer { server.stop() }
        let script = "exec 2>/dev/null; trap 'echo bye; exit' TERM; echo ready; while true; do sleep 0.02; done"
        try await withAgent(server.url, more: "modules: {nav: {command: [/bin/bash, -c, \"\(script)\"]}}") { _ in
            while server.entries.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
        }
        #expect(server.messages == ["ready", "bye"])
        #expect(server.entries.allSatisfy { $0.module == "nav" })
    }

    private func status() throws -> AgentStatus { try AgentStatus(spool: directory.path + "/spool") }

    @Test func bringsWhatIsPublishedToTheServerAndEndsInOrder() async throws {
        let server = try LogServerModel()
        defer { server.stop() }
        try await withAgent(server.url, session: "shift") { publisher in
            try await connect(publisher, server)
            for number in 0..<1_000 { publisher.send(#"{"message":"m\#(number)","session_id":"own"}"#) }
            // What is in flight when the stop comes is taken.
        }
        #expect(spoken(server) == (0..<1_000).map { "m\($0)" })
        let sessions = Set(server.entries.map(\.session))
        #expect(sessions == ["shift", "own"])
        let status = try status()
        #expect(status.uploaded == server.entries.count)
        #expect(status.spool.depth == 0)
        #expect(status.dropped == [:])
        #expect(server.conflictCount == 0)
    }

    @Test func saysHowWrongItsClockIs() async throws {
        let day: Int64 = 86_400_000_000
        let server = try LogServerModel(clockOffset: day)
        defer { server.stop() }
        try await withAgent(server.url) { try await connect($0, server) }
        #expect(!server.clockOffsets.isEmpty)
        #expect(server.clockOffsets.allSatisfy { offset in offset.map { abs($0 + day) < 60_000_000 } ?? false })
        #expect(try status().clockOffsetSeconds.map { abs($0 + 86_400) < 60 } == true)
    }

    @Test func asksAServerOnceThatSaysNoTime() async throws {
        let server = try LogServerModel(clockOffset: nil)
        defer { server.stop() }
        try await withAgent(server.url) { publisher in
            try await connect(publisher, server)
            while server.requestCount < 3 {
                publisher.send(#"{"message":"more"}"#)
                try await Task.sleep(for: .milliseconds(30))
            }
        }
        #expect(server.healthRequestCount == 1)
        #expect(server.clockOffsets.allSatisfy { $0 == nil })
    }

    @Test func keepsWhatTheServerDoesNotTakeForTheNextRun() async throws {
        let hello = try LogServerModel()
        try await withAgent(hello.url) { try await connect($0, hello) }
        hello.stop()
        let down = try LogServerModel { _ in .refuse(503, "busy") }
        try await withAgent(down.url) { publisher in
            while down.requestCount == 0 {
                publisher.send(#"{"message":"hello"}"#)
                try await Task.sleep(for: .milliseconds(10))
            }
            for number in 0..<500 { publisher.send(#"{"message":"m\#(number)"}"#) }
        }
        down.stop()
        #expect(try status().spool.depth >= 500)
        #expect(try status().uploadError?.contains("503") == true)
        let server = try LogServerModel()
        defer { server.stop() }
        try await withAgent(server.url) { _ in await server.awaitEntryCount(500) }
        #expect(spoken(server) == (0..<500).map { "m\($0)" })
        #expect(server.conflictCount == 0)
    }

    @Test func setsAsideWhatTheServerRefusesForGood() async throws {
        let server = try LogServerModel { $0 == 1 ? .refuse(422, "poison") : .take }
        defer { server.stop() }
        try await withAgent(server.url) { publisher in
            try await connect(publisher, server)
            publisher.send(#"{"message":"bad"}"#)
            while server.requestCount < 2 { try await Task.sleep(for: .milliseconds(5)) }
            publisher.send(#"{"message":"good"}"#)
        }
        #expect(spoken(server).contains("good"))
        let status = try status()
        #expect(status.refusedBatches == 1)
        #expect(status.lastError?.contains("poison") == true)
        #expect(directory.files("spool/refused").count == 2)
        // What follows has a boot of its own, as the old one has a gap for ever.
        #expect(Set(server.identities.map(\.boot)).count == 2)
    }

    @Test func answersMetrics() async throws {
        let server = try LogServerModel()
        defer { server.stop() }
        let port = Int.random(in: 20_000..<32_000)
        try await withAgent(server.url, more: "metrics: {port: \(port)}") { publisher in
            try await connect(publisher, server)
            publisher.send("{")
            let transport = HTTPTransport()
            var text = ""
            while !text.contains(#"logdb_agent_refused_messages_total{reason="invalid_json"} 1"#) {
                let reply = try? await transport.send(HTTPCall(url: "http://127.0.0.1:\(port)/metrics"))
                text = String(decoding: reply?.body ?? [], as: UTF8.self)
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(text.contains("logdb_agent_uploaded_entries_total "))
            let other = try await transport.send(HTTPCall(url: "http://127.0.0.1:\(port)/"))
            #expect(other.status == 404)
        }
        #expect(try status().lastRefusedMessages.map(\.beginning) == ["{"])
    }

    @Test func endsWhenAnotherAgentHasTheSpool() async throws {
        let server = try LogServerModel()
        defer { server.stop() }
        try await withAgent(server.url) { publisher in
            try await connect(publisher, server)
            let second = AgentRun(try configuration(server.url), session: nil) { _ in }
            let error = await #expect(throws: AgentError.self) { try await second.run(stop: StopRequest()) }
            #expect(error?.code == .locked)
        }
    }
}
