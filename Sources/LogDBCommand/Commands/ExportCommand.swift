import ArgumentParser

extension ExportFormat: ExpressibleByArgument {}

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes everything that a query finds, of any size.",
        discussion: """
            Without a time clause all times are exported. Memory stays the same however much it is.

            With --parallel the directory --out gets files by time, whose names are in the order of a single export. When \
            it was interrupted, the same command with --resume writes those that are missing: what was stored when the \
            export began, each row once.

            EXAMPLES
              logdb export 'level:ERROR since:7d' --format csv --out errors.csv
              logdb export 'session:nav_mission_42' --order asc | jq -r .message
              logdb export --format ndjson >everything.ndjson
              logdb export --parallel 4 --resume --out export-2025

            Ends with 0 when something was found, 1 when nothing was, 2 on an error.
            """)

    @OptionGroup var query: QueryText
    @OptionGroup var target: TargetOptions

    @Option(help: "The form of the rows.")
    var format = ExportFormat.ndjson

    @Option(
        help: ArgumentHelp(
            "The file to write, with --parallel the directory. Default: standard output.", valueName: "file"))
    var out: String?

    @Option(help: ArgumentHelp("Write files by time, so many at a time, 1 to 64.", valueName: "count"))
    var parallel: Int?

    @Flag(help: "Go on with an export with --parallel that was interrupted.")
    var resume = false

    @Option(help: "By time: desc is newest first.")
    var order = RowOrder.desc

    func validate() throws {
        if let parallel, !(1...64).contains(parallel) { throw ValidationError("--parallel must be from 1 to 64") }
        if parallel != nil, out == nil { throw ValidationError("--parallel needs --out, the directory to write") }
        if resume, parallel == nil { throw ValidationError("--resume goes with --parallel") }
    }

    func run() async throws {
        if let parallel, let out { return try await runInParts(out, parallel) }
        let request = ExportRequest(text: query.text, format: format, isOldestFirst: order == .asc)
        try await target.withBackend { backend in
            let output = out.map { Output(path: $0) } ?? Output()
            let hasRows = try await backend.export(request, to: output)
            try output.finish()
            if !hasRows { throw ExitCode(ExitStatus.noMatch) }
        }
    }

    private func runInParts(_ directory: String, _ parallelCount: Int) async throws {
        try await target.withBackend(concurrency: parallelCount) { backend in
            let export = PartedExport(backend: backend, directory: directory, parallelCount: parallelCount)
            let plan = try await export.plan(query.text, format, isOldestFirst: order == .asc, isResumed: resume)
            let hasRows: Bool
            do {
                hasRows = try await export.run(plan)
            } catch let error as CommandFailure {
                throw CommandFailure("\(error.message); the same command with --resume goes on", kind: error.kind)
            }
            if !hasRows { throw ExitCode(ExitStatus.noMatch) }
        }
    }
}
