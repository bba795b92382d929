import ArgumentParser

/// The words of a query as they come from a shell.
struct QueryText: ParsableArguments {
    @Argument(
        parsing: .allUnrecognized,
        help: ArgumentHelp(
            "The query; several words are joined by spaces. None: every entry of the time range.", valueName: "query"))
    var words: [String] = []

    func validate() throws {
        // `-module:input` is a clause; what begins with two dashes was meant for this program.
        if let option = words.first(where: { $0.hasPrefix("--") && $0 != "--" }) {
            throw ValidationError("Unknown option '\(option.prefix { $0 != "=" })'")
        }
    }

    var text: String { words.joined(separator: " ") }
}

/// The order of entries by time.
enum RowOrder: String, CaseIterable, ExpressibleByArgument {
    case asc, desc
}
