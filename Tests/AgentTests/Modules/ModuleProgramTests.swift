import Foundation
import LogModel
import Testing

@testable import Agent

@Suite(.timeLimit(.minutes(5)))
struct ModuleProgramTests {
    private let bench: InputBench
    private let restarts = ModuleRestarts(["nav"])
    private let states = ModuleStates()

    init() throws { bench = try InputBench() }

    private func module(
        _ script: String, _ restart: ModuleSettings.Restart = .onFailure, endTimeout: Duration = .seconds(60)
    ) -> ModuleProgram {
        var settings = ModuleSettings(name: "nav", command: ["/bin/bash", "-c", script])
        settings.restart = restart
        settings.environment = ["ROBOT_MAP": "hall"]
        return ModuleProgram(
            settings, context: bench.context, restarts: restarts, states: states, endTimeout: endTimeout)
    }

    private func running(_ module: ModuleProgram, _ body: () async throws -> Void) async throws {
        let stop = StopRequest()
        let task = Task { try await module.run(stop: stop) }
        do { try await body() } catch {
            stop.make()
            throw error
        }
        stop.make()
        try await task.value
    }

    private func withStates(_ states: [String: ModuleStatus]) -> AgentStatus {
        var status = AgentStatus()
        status.modules = states
        return status
    }

    @Test func whatAModuleWritesIsItsLogToTheLastLine() async throws {
        let script = """
            trap 'echo shutting down; sleep 0.2; echo bye; exit' TERM
            echo "at $ROBOT_MAP"; echo to standard error >&2; exec 2>/dev/null
            while true; do sleep 0.02; done
            """
        try await running(module(script)) { _ = try await bench.intake.awaitMessages(2) }
        try await bench.expect(["at hall", "to standard error", "shutting down", "bye"])
        let entries = bench.intake.entries
        #expect(entries.allSatisfy { $0.module == "nav" && $0.logger == "console" && $0.session == "s" })
    }

    @Test func oneThatCrashesIsToldOfAndStartedAgain() async throws {
        let mark = bench.directory.path + "/began"
        let script = """
            if [ -e \(mark) ]; then echo again; exec sleep 1000; fi
            touch \(mark); echo Traceback; echo "  deep"; kill -SEGV $$
            """
        try await running(module(script)) {
            let messages = try await bench.intake.awaitMessages(3)
            #expect(messages.contains("the module nav was ended by signal 11; it is started again in 1 s"))
            #expect(messages.last == "again")
            let state = try #require(states.all["nav"])
            #expect(state.startCount == 2 && state.processID != nil && state.lastEnd == "was ended by signal 11")
            let metrics = AgentMetrics.text(withStates(states.all))
            #expect(metrics.contains("logdb_agent_module_up{module=\"nav\"} 1\n"))
            #expect(metrics.contains("logdb_agent_module_starts_total{module=\"nav\"} 2\n"))
        }
        #expect(states.all["nav"]?.processID == nil)
        #expect(bench.intake.entries.first { $0.logger == "logdb-agent" }?.level == .error)
    }

    @Test func oneThatIsDoneStaysSo() async throws {
        try await module("echo done").run(stop: StopRequest())
        try await bench.expect(["done", "the module nav ended with status 0"])
        #expect(states.all["nav"]?.isEnded == true)
        var settings = ModuleSettings(name: "nav", command: ["/nowhere/nav"])
        settings.restart = .never
        try await ModuleProgram(settings, context: bench.context, restarts: restarts, states: states).run(
            stop: StopRequest())
        #expect(try await bench.intake.awaitMessages(3).last?.hasPrefix("the module nav cannot be started: ") == true)
    }

    @Test func itIsStartedAgainWhenThatIsAskedFor() async throws {
        try await running(module("echo up; exec sleep 1000")) {
            _ = try await bench.intake.awaitMessages(1)
            #expect(restarts.request("nav"))
            _ = try await bench.intake.awaitMessages(2)
        }
        try await bench.expect(["up", "up"])
        #expect(!restarts.request("arm"))
    }

    @Test func oneThatDoesNotEndIsKilled() async throws {
        let script = "trap '' TERM; echo stubborn; while true; do sleep 0.02; done"
        try await running(module(script, endTimeout: .milliseconds(200))) {
            _ = try await bench.intake.awaitMessages(1)
        }
        try await bench.expect(["stubborn"])
    }
}
