import ArgumentParser

/// The neighbours of what is found, as `grep` has them.
struct ContextOptions: ParsableArguments {
    @Option(
        name: .customShort("A"),
        help: ArgumentHelp("Show so many entries after each match, of its session.", valueName: "count"))
    var after: Int?

    @Option(name: .customShort("B"), help: ArgumentHelp("Show so many before it.", valueName: "count"))
    var before: Int?

    @Option(name: .customShort("C"), help: ArgumentHelp("Show so many before and after it.", valueName: "count"))
    var both: Int?

    func validate() throws {
        for count in [after, before, both].compactMap(\.self) where count < 0 {
            throw ValidationError("-A, -B and -C count entries: 0 or more")
        }
    }

    /// The pipe that finds them; nil where none are wanted.
    var pipe: String? {
        guard after != nil || before != nil || both != nil else { return nil }
        return "context before \(before ?? both ?? 0) after \(after ?? both ?? 0)"
    }
}
