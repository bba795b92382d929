import ArgumentParser

struct AdminCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Checks that tables and their indexes agree.",
        discussion: """
            Devices, sessions, users, keys and what else is kept in tables: every row is read, every entry of an index \
            is held against its row, and the audit log's chain is followed.

            EXAMPLES
              logdb admin check --data ./data
              logdb admin check --server http://127.0.0.1:8080

            Ends with 0, or with 2 when something does not agree.
            """)

    @OptionGroup var target: TargetOptions

    func run() async throws {
        let problems = try await IdentityBackend.with(target, isMade: false) { try await $0.check() }
        for problem in problems.prefix(100) { CommandFailure(PlainText.escaped(problem)).say() }
        if problems.count > 100 { CommandFailure("and \(problems.count - 100) more").say() }
        guard problems.isEmpty else { throw ExitCode(ExitStatus.failure) }
        try Output.say("tables and indexes agree\n")
    }
}
