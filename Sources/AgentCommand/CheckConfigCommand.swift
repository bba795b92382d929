import Agent
import ArgumentParser

struct CheckConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-config",
        abstract: "Says everything that is wrong with a configuration file.",
        discussion: """
            Ends with 0 when the agent can run with it. Keys that are not known are warned about; each value that is \
            broken is named, and then the command ends with 2.

            EXAMPLE
              logdb-agent check-config /opt/roboticks/config/fleet.yaml
            """)

    @Argument(help: "The configuration file.")
    var file: String

    func run() throws {
        let configuration = try AgentConfiguration.reading(file)
        let count = configuration.warnings.count
        Terminal.standardOutput(count == 0 ? "\(file): good\n" : "\(file): good, with \(count) warnings\n")
    }
}

extension AgentConfiguration {
    /// Reads the file, warns on standard error, and ends the command where the file is broken.
    static func reading(_ path: String) throws -> AgentConfiguration {
        do throws(AgentError) {
            let configuration = try AgentConfiguration(path: path)
            for warning in configuration.warnings { Terminal.standardError("warning: \(warning)\n") }
            return configuration
        } catch {
            Terminal.standardError("logdb-agent: \(error.message)\n")
            throw ExitCode(ExitStatus.error)
        }
    }
}
