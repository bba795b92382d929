import Agent
import ArgumentParser

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows how the agent of a configuration stands.",
        discussion: """
            Reads the status file, status.json in the spool's directory, which a running agent keeps up to date within \
            a second. Ends with 0 when the agent runs, else with 1.

            EXAMPLE
              logdb-agent status --config /opt/roboticks/config/fleet.yaml
            """)

    @Option(help: ArgumentHelp("The configuration file of the agent.", valueName: "file"))
    var config: String

    @Flag(help: "Print the status file as it is.")
    var json = false

    func run() throws {
        let configuration = try AgentConfiguration.reading(config)
        let status: AgentStatus
        do throws(AgentError) {
            status = try AgentStatus(spool: configuration.spool.path)
        } catch {
            Terminal.standardError("logdb-agent: no agent has run with this configuration: \(error.message)\n")
            throw ExitCode(ExitStatus.error)
        }
        Terminal.standardOutput(json ? status.json : StatusText.lines(status))
        if !status.isRunning { throw ExitCode(1) }
    }
}
