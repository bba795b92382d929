import ArgumentParser
import LogDB

/// A choice that is given by its name.
struct NamedChoice<Choice: StoredChoice>: ExpressibleByArgument {
    let choice: Choice

    init?(argument: String) {
        guard let choice = Choice(name: argument) else { return nil }
        self.choice = choice
    }

    static var allValueStrings: [String] { Choice.names }
}
