import ArgumentParser

extension ExportFormat: ExpressibleByArgument {}

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes everything that a query finds, of any size.",
        discussion: """
            Without a time clause all times are exported. Memory stays the same however much it is.

            EXAMPLES
              logdb export 'level:ERROR since:7d' --format csv --out errors.csv
              logdb export 'session:nav_mission_42' --order asc | jq -r .message
              logdb export --format ndjson >everything.ndjson

            Ends with 0 when something was found, 1 when nothing was, 2 on an error.
            """)

    @OptionGroup var query: QueryText
    @OptionGroup var target: TargetOptions

    @Option(help: "The form of the rows.")
    var format = ExportFormat.ndjson

    @Option(help: ArgumentHelp("The file to write. Default: standard output.", valueName: "file"))
    var out: String?

    @Option(help: "By time: desc is newest first.")
    var order = RowOrder.desc

    func run() async throws {
        let request = ExportRequest(text: query.text, format: format, isOldestFirst: order == .asc)
        try await target.withBackend { backend in
            let output = out.map { Output(path: $0) } ?? Output()
            let hasRows = try await backend.export(request, to: output)
            try output.finish()
            if !hasRows { throw ExitCode(ExitStatus.noMatch) }
        }
    }
}
