import Foundation
import LogModel
import Testing

@testable import Agent

struct CommandRunnerTests {
    private struct Controls: AgentControls {
        func startSession(named name: String?) async throws(AgentError) -> String { "started \(name ?? "one")" }
        func stopSession() async throws(AgentError) -> String {
            throw AgentError(.invalidArgument, "there is no session")
        }
        func restartModule(_ name: String) async throws(AgentError) -> String {
            guard name == "arm" else { throw AgentError(.invalidArgument, "there is no module \(name)") }
            return "restarted arm"
        }
        func setLogLevel(_ level: Level, module: String?, scope: LogLevelScope) async throws(AgentError) -> String {
            "\(level.name) \(module ?? "all") \(scope.rawValue)"
        }
        func uploadFile(_ path: String, session: String?) async throws(AgentError) -> String { "uploaded \(path)" }
    }

    private func run(
        _ name: String, _ arguments: [String: String] = [:], _ change: (inout CommandPolicy) -> Void = { _ in }
    ) async -> CommandOutcome {
        var policy = CommandPolicy()
        policy.allowed = Set(CommandPolicy.Action.allCases)
        policy.scripts = ["hello": ["/bin/sh", "-c", "echo hello $LOGDB_WHO; exit $LOGDB_CODE"]]
        policy.restarts = ["nav": ["/bin/true"]]
        change(&policy)
        return await CommandRunner(policy: policy, controls: Controls()).run(
            FleetCommand(id: 1, name: name, arguments: arguments, expires: 0))
    }

    @Test func onlyWhatIsAllowedIsDone() async {
        #expect(await run("reboot").output == "“reboot” is no action of this agent")
        let refused = await run("run_script", ["name": "hello"]) { $0.allowed = [.stopSession] }
        #expect(!refused.hasSucceeded && !refused.isRepeatable)
        #expect(refused.output.contains("does not allow “run_script”"))
        #expect(CommandPolicy().allowed.isEmpty)
    }

    @Test func onlyConfiguredScriptsRun() async {
        #expect(
            await run("run_script", ["name": "hello", "who": "you", "code": "0"])
                == .succeeded("hello you\n", exitCode: 0))
        #expect(await run("run_script", ["name": "hello", "code": "4"]) == .failed("hello\n", exitCode: 4))
        for name in ["/bin/sh", "", "hello; true"] {
            let outcome = await run("run_script", ["name": name])
            #expect(outcome.output.hasSuffix("configuration: hello") && !outcome.isRepeatable)
        }
        #expect(await run("run_script", ["name": "hello", "LD_PRELOAD=x": "y"]).output.contains("cannot be handed"))
        #expect(await run("restart_module", ["module": "nav"]).hasSucceeded)
        #expect(await run("restart_module", ["module": "arm"]) == .succeeded("restarted arm"))
        #expect(await run("restart_module", ["module": "other"]) == .refused("there is no module other"))
        #expect(await run("restart_module") == .refused("“module” is missing"))
    }

    @Test func theAgentItselfIsTold() async {
        #expect(await run("start_session", ["name": "m1"]) == .succeeded("started m1"))
        #expect(await run("stop_session") == .refused("there is no session"))
        #expect(await run("set_log_level", ["level": "debug", "module": "nav"]).output == "DEBUG nav source")
        #expect(await run("set_log_level", ["level": "loud"]).output.contains("one of DEBUG"))
        #expect(await run("set_log_level", ["level": "INFO", "scope": "moon"]).output.contains("source or upload"))
    }

    @Test func onlyFilesBelowTheListedDirectoriesAreUploaded() async throws {
        let directory = try TemporaryDirectory()
        let root = try #require(Files.realPath(directory.path))
        try directory.write("in.log", "x")
        try FileManager.default.createDirectory(atPath: root + "/shared", withIntermediateDirectories: false)
        try directory.write("shared/ok.log", "x")
        try FileManager.default.createSymbolicLink(
            atPath: root + "/shared/link.log", withDestinationPath: root + "/in.log")
        func upload(_ path: String) async -> CommandOutcome {
            await run("upload_file", ["path": path]) { $0.uploadDirectories = [root + "/shared"] }
        }
        #expect(await upload(root + "/shared/ok.log").hasSucceeded)
        for path in ["/in.log", "/shared/../in.log", "/shared/link.log"] {
            #expect(await upload(root + path).output.contains("is not below"))
        }
        #expect(await upload("shared/ok.log").output.contains("absolute"))
        #expect(await upload(root + "/shared/none").isRepeatable)
    }

    @Test func outputIsBounded() {
        let long = CommandOutcome.succeeded(String(repeating: "é", count: 60_000))
        #expect(long.output.utf8.count <= CommandOutcome.outputByteCountMax)
        #expect(long.output.contains("[…]") && long.output.hasPrefix("é") && long.output.hasSuffix("é"))
    }
}
