import ArgumentParser

/// The words of a query as they come from a shell.
struct QueryText: ParsableArguments {
    @Argument(
        parsing: .allUnrecognized,
        help: ArgumentHelp(
            "The query; several words are joined by spaces. None: every entry of the time range.", valueName: "query"))
    var words: [String] = []

    func validate() throws {
        // `-module:input` is a clause; what begins with two dashes was meant for this program, unless `--` stands before it.
        let option = words.prefix { $0 != "--" }.first { $0.hasPrefix("--") }
        // One word of a shell with a space in it was quoted: a query that begins so.
        guard let name = option?.prefix(while: { $0 != "=" }), !name.contains(where: \.isWhitespace) else { return }
        throw ValidationError("Unknown option '\(name)'; after -- it is part of the query")
    }

    var text: String {
        guard let end = words.firstIndex(of: "--") else { return words.joined(separator: " ") }
        return (words[..<end] + words[(end + 1)...]).joined(separator: " ")
    }
}

/// The order of entries by time.
enum RowOrder: String, CaseIterable, ExpressibleByArgument {
    case asc, desc
}
