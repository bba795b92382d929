import ArgumentParser
import CBytes
import Dispatch
import Glibc

/// `logdb`: the server, and the tools beside it.
@main
struct LogDBCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logdb",
        abstract: "A log database for fleets of robots and devices.",
        discussion: """
            Serves a data directory over HTTP, and asks a server, or a data directory, for what was logged.

            EXAMPLES
              logdb serve --data /var/lib/logdb --listen 127.0.0.1:8080 --auth none
              logdb ingest robot.ndjson --server http://127.0.0.1:8080
              logdb query 'level:ERROR since:1h' --server http://127.0.0.1:8080
              logdb query 'since:7d | stats count() by device' --data ./data

            Ends with 0 when something was found, 1 when nothing was, 2 on an error.
            """,
        version: "logdb \(ProductVersion.text)",
        subcommands: [
            ServeCommand.self, CheckConfigCommand.self, IngestCommand.self, QueryCommand.self, TailCommand.self,
            ExportCommand.self, ExplainCommand.self, DevicesCommand.self, SessionsCommand.self, CapsuleCommand.self,
            DeviceCommandCommand.self,
            AdminCommand.self, UserCommand.self, APIKeyCommand.self, AuthorityCommand.self, KeysCommand.self,
            CompletionsCommand.self, VersionCommand.self,
        ])

    static func main() {
        cbytes_hold_standard_streams()
        // A reader of the output that went away shows as a failed write, and one of a connection as its error.
        signal(SIGPIPE, SIG_IGN)
        Task {
            await runCommand()
            Glibc.exit(ExitStatus.match)
        }
        dispatchMain()
    }

    private static func runCommand() async {
        do {
            var command = try parseAsRoot(ShortOptions.separated(Array(CommandLine.arguments.dropFirst())))
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            Glibc.exit(status(after: error))
        }
    }

    /// Says what went wrong, and answers with the status for it.
    private static func status(after error: any Error) -> Int32 {
        switch error {
        case is ReaderIsGone:
            return ExitStatus.match
        case let error as CommandFailure:
            error.say()
            return ExitStatus.failure
        case let error as QueryRefusal:
            for note in error.notes {
                Terminal.say(
                    note.description(of: error.text, label: "error:", paint: .boldRed, style: .standardError))
            }
            return ExitStatus.failure
        case let code as ExitCode:
            return code.rawValue
        case let error where exitCode(for: error) == .success:
            // What --help and --version ask for.
            exit(withError: error)
        case let error where exitCode(for: error) == .validationFailure:
            Terminal.say(fullMessage(for: error) + "\n")
            return ExitStatus.failure
        default:
            CommandFailure("\(error)").say()
            return ExitStatus.failure
        }
    }
}
