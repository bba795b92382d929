import ArgumentParser
import Glibc

extension OutputFormat: ExpressibleByArgument {}

struct QueryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query",
        abstract: "Finds, shapes and counts entries.",
        discussion: """
            Without a time clause the last hour is searched. Rows come newest first; the first of them are shown, up to \
            --limit.

            EXAMPLES
              logdb query 'level:ERROR module:navigation since:1h'
              logdb query '"GPS signal weak" device:Drone-* between:2h..30m'
              logdb query 'session:s42 -module:(input OR control) since:7d' --limit 0
              logdb query 'since:7d | stats count() as n by module' --output csv
              logdb query 'collision since:1d' -B 20 -A 5 --order asc

            Ends with 0 when something was found, 1 when nothing was, 2 on an error.
            """)

    @OptionGroup var query: QueryText
    @OptionGroup var target: TargetOptions

    @Option(help: ArgumentHelp("Rows at most, 100 when not given; 0 for all.", valueName: "count"))
    var limit: Int?

    @Option(help: "How rows are shown; raw is the messages alone.")
    var output = OutputFormat.table

    @Option(help: "By time: desc is newest first.")
    var order = RowOrder.desc

    @OptionGroup var neighbours: ContextOptions
    @OptionGroup var color: ColourOption
    @OptionGroup var pager: PagerOption

    private static let limitDefault = 100

    func validate() throws {
        if let limit, limit < 0 { throw ValidationError("--limit must be 0, for all rows, or more") }
    }

    func run() async throws {
        let count = limit ?? QueryCommand.limitDefault
        var request = AnswerRequest(
            text: query.text, limit: count == 0 ? nil : count, isOldestFirst: order == .asc)
        if let pipe = neighbours.pipe {
            // The limit is of what was asked for, not of what stands around it.
            request.text += (request.limit.map { " | limit \($0)" } ?? "") + " | " + pipe
            request.limit = nil
        }
        try await target.withBackend { [request] backend in
            let end = try await AnswerPrinter.show(
                request, of: backend, format: output, color: color.choice, isPaged: pager.isOn)
            if end.hasMore { sayThatThereIsMore(end.rowCount) }
            if end.rowCount == 0 { throw ExitCode(ExitStatus.noMatch) }
        }
    }

    /// Who chose the limit knows of it.
    private func sayThatThereIsMore(_ count: Int) {
        guard limit == nil || Terminal.isStandardErrorATerminal else { return }
        Terminal.say(
            Style.standardError.paint(
                "the first \(Humane.count(count)) rows; --limit 0 shows all, or narrow the query\n", .dim))
    }
}
