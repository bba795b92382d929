import Agent
public import ArgumentParser
import Glibc
import HTTPTransport

struct ShipCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ship",
        abstract: "Ships log files to a server, each line exactly once.",
        discussion: """
            Reads NDJSON lines in the LogMessage form, or plain text. Interrupted at any point, on either side, the \
            same command goes on where it stood: nothing is lost and nothing is doubled. Lines that are no entries \
            are named on standard error and kept in rejected.ndjson of the state directory; batches that the server \
            refuses are kept in its quarantine.

            Ends with 0 when all is shipped, 1 when some lines were refused, 2 on an error, and 128 and the signal's \
            number when a signal came before all was shipped.

            EXAMPLES
              logdb-agent ship robot.ndjson --server http://localhost:8080 --device RBT-0001
              logdb-agent ship /var/log/app.log --server http://localhost:8080 --device RBT-0001 --module app --follow
            """)

    @Argument(help: "The files to ship.")
    var files: [String]

    @Option(help: ArgumentHelp("The server's base URL; LOGDB_SERVER when not given.", valueName: "url"))
    var server: String?

    @Option(
        help: ArgumentHelp(
            "The API key for the server; LOGDB_API_KEY when not given, else LOGDB_TOKEN is sent.", valueName: "key"))
    var apiKey: String?

    @Option(
        help: ArgumentHelp("Whom to trust for https, a PEM file; LOGDB_CA_FILE when not given.", valueName: "file"))
    var caFile: String?

    @Option(help: ArgumentHelp("The device (DSN) of lines that name none.", valueName: "dsn"))
    var device: String?

    @Option(help: "The session of lines that name none.")
    var session: String?

    @Option(help: "The module of lines that name none.")
    var module: String?

    @Option(help: ArgumentHelp("Entries a batch, 100 to 10000.", valueName: "count"))
    var batchSize = 1_000

    @Option(
        help: ArgumentHelp(
            "Where to remember what was shipped; logdb-agent in XDG_STATE_HOME or ~/.local/state when not given.",
            valueName: "directory"))
    var state: String?

    @Option(help: "auto, ndjson or text.")
    var format = ShipOptions.Format.auto

    @Flag(help: "Keep reading as the files grow.")
    var follow = false

    func validate() throws {
        var problems: [String] = []
        do throws(AgentError) { problems = try options().validate() } catch { problems = [error.message] }
        if !problems.isEmpty { throw ValidationError(problems.joined(separator: "\n")) }
    }

    func run() async throws {
        let stop = StopRequest()
        let signals = StopSignals(stop: stop)
        let summary: ShipSummary
        do throws(AgentError) {
            summary = try await Ship.run(
                try options(), stop: stop, transport: transport(), isTerminal: Terminal.isStandardErrorATerminal,
                write: Terminal.standardError)
        } catch {
            Terminal.standardError("logdb-agent: \(error.message)\n")
            throw ExitCode(ExitStatus.error)
        }
        Terminal.standardOutput(summary.description + "\n")
        for path in summary.quarantinePaths { Terminal.standardError("set aside: \(path)\n") }
        if !summary.isComplete {
            Terminal.standardError("not all is shipped; the same command goes on\n")
            throw ExitCode(ExitStatus.interrupted(by: signals.signal ?? SIGTERM))
        }
        if summary.refusedCount > 0 { throw ExitCode(ExitStatus.refused) }
    }

    /// With what the server asks for: LOGDB_API_KEY or LOGDB_TOKEN, and LOGDB_CA_FILE for a server of its own CA.
    private func transport() -> HTTPTransport {
        var settings = HTTPTransport.Settings()
        settings.userAgent = "logdb-agent/\(AgentVersion.text)"
        settings.tls.authoritiesFile = caFile ?? environment("LOGDB_CA_FILE")
        if let key = apiKey ?? environment("LOGDB_API_KEY") {
            settings.headers = [HTTPField("X-API-Key", key)]
        } else if let token = environment("LOGDB_TOKEN") {
            settings.headers = [HTTPField("Authorization", "Bearer \(token)")]
        }
        return HTTPTransport(settings: settings)
    }

    private func options() throws(AgentError) -> ShipOptions {
        guard let server = server ?? environment("LOGDB_SERVER") else {
            throw AgentError(.invalidArgument, "no server is named: give --server URL or set LOGDB_SERVER")
        }
        let stateDirectory: String
        if let state { stateDirectory = state } else { stateDirectory = try defaultState() }
        var options = ShipOptions(files: files, server: server, device: device, stateDirectory: stateDirectory)
        options.session = session
        options.module = module
        options.batchSize = batchSize
        options.format = format
        options.isFollowing = follow
        return options
    }

    /// The XDG Base Directory Specification's place for what outlives a restart and is nobody's document.
    private func defaultState() throws(AgentError) -> String {
        // A relative path there is to be ignored, the specification says.
        if let state = environment("XDG_STATE_HOME"), state.hasPrefix("/") { return state + "/logdb-agent" }
        guard let home = environment("HOME") else {
            throw AgentError(.invalidArgument, "HOME is not set: give --state DIRECTORY")
        }
        return home + "/.local/state/logdb-agent"
    }

    private func environment(_ name: String) -> String? {
        guard let value = getenv(name).map({ String(cString: $0) }), !value.isEmpty else { return nil }
        return value
    }
}

extension ShipOptions.Format: ExpressibleByArgument {}
