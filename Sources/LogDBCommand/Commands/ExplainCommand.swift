import ArgumentParser

struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Runs a query and shows how: its plan, what was skipped, and what it cost.",
        discussion: """
            EXAMPLES
              logdb explain 'level:ERROR module:navigation since:1h'
              logdb explain 'obstacle timeout since:30d' --data ./data
            """)

    @OptionGroup var query: QueryText
    @OptionGroup var target: TargetOptions

    @Option(help: "How the plan is shown.")
    var output = OutputFormat.table

    @OptionGroup var color: ColourOption
    @OptionGroup var pager: PagerOption

    func run() async throws {
        let request = AnswerRequest(text: query.text + " | explain", limit: 100)
        try await target.withBackend { backend in
            _ = try await AnswerPrinter.show(
                request, of: backend, format: output, color: color.choice, isPaged: pager.isOn)
        }
    }
}
