import Agent
import ArgumentParser
import CBytes
import Dispatch
import Glibc

/// `logdb-agent`: the part of LogDB that runs on the device.
@main
struct LogDBAgent: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logdb-agent",
        abstract: "Brings a device's logs to a LogDB server.",
        version: AgentVersion.text,
        subcommands: [
            RegisterCommand.self, RunCommand.self, StatusCommand.self, CheckConfigCommand.self, PublishCommand.self,
            ShipCommand.self,
        ])

    static func main() {
        cbytes_hold_standard_streams()
        Task {
            await runCommand()
            Glibc.exit(0)
        }
        dispatchMain()
    }

    /// A wrong command line ends with 2, as every other error does; `--help` and `--version` with 0.
    private static func runCommand() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let error where exitCode(for: error) == .validationFailure {
            Terminal.standardError(fullMessage(for: error) + "\n")
            Glibc.exit(ExitStatus.error)
        } catch {
            exit(withError: error)
        }
    }
}

enum ExitStatus {
    /// Some lines were refused; the others are shipped.
    static let refused: Int32 = 1
    static let error: Int32 = 2
    /// A signal ended the run before all was shipped: 128 and its number, as a shell reports it.
    static func interrupted(by signal: Int32) -> Int32 { 128 + signal }
}
