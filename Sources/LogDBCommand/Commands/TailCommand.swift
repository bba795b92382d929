import ArgumentParser
import Glibc
import LogModel

struct TailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail",
        abstract: "Shows entries as they arrive, until Ctrl-C.",
        discussion: """
            Starts at now; with a time clause, what is there already comes first. A server is needed, and when it was \
            away, what came meanwhile is shown too.

            EXAMPLES
              logdb tail 'level:>=WARN' --server http://127.0.0.1:8080
              logdb tail 'device:Drone-* since:10m' --output ndjson
            """)

    @OptionGroup var query: QueryText
    @OptionGroup var target: TargetOptions

    @Option(help: "How rows are shown; raw is the messages alone.")
    var output = OutputFormat.table

    @OptionGroup var color: ColourOption

    func run() async throws {
        guard case .server(let url) = try target.target() else {
            throw CommandFailure("tail needs a server: nothing arrives in a directory that this command has open")
        }
        let tail = Tail(client: try target.client(url), text: query.text)
        let output = Output()
        var writer = self.output.writer(
            style: Style(color.choice, descriptor: STDOUT_FILENO), isTerminal: output.isATerminal)
        try await tail.run { rows in
            try writer.write(rows, columns: nil, to: output)
            try output.flush()
        }
    }
}
