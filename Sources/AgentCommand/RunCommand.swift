import Agent
import ArgumentParser
import ServiceNotify

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Collects what modules log and brings it to the server.",
        discussion: """
            Modules publish by ZeroMQ to the endpoints of the configuration. What is received is in the spool within \
            100 ms and stays there until the server has it. On SIGTERM the agent takes what is in flight, sends what \
            it can, and ends with 0; what is left goes out in the next run.

            EXAMPLE
              logdb-agent run --config /opt/roboticks/config/fleet.yaml --session nav_mission_42
            """)

    @Option(help: ArgumentHelp("The configuration file; see docs/AGENT.md.", valueName: "file"))
    var config: String

    @Option(help: ArgumentHelp("The session of entries that name none.", valueName: "name"))
    var session: String?

    func run() async throws {
        let configuration = try AgentConfiguration.reading(config)
        let stop = StopRequest()
        let modules = configuration.modules.isEmpty ? "" : "modules may take up to 30 s to end, and "
        let signals = StopSignals(stop: stop, notice: "stopping; \(modules)the last batches may take up to 10 s\n")
        let notifier = ServiceNotifier()
        let watch = Task { await notifier?.keepWatch() }
        defer { watch.cancel() }
        stop.whenMade { notifier?.stopping() }
        let run = AgentRun(
            configuration, session: session,
            onReady: { notifier?.ready(status: "brings the logs of \(configuration.fleet.dsn) to the server") },
            write: { Terminal.standardError("logdb-agent: \($0)\n") })
        do throws(AgentError) {
            try await run.run(stop: stop)
        } catch {
            Terminal.standardError("logdb-agent: \(error.message)\n")
            throw ExitCode(ExitStatus.error)
        }
        withExtendedLifetime(signals) {}
    }
}
