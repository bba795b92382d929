import ArgumentParser

struct AdminDeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Deletes the entries that a query finds.",
        discussion: """
            They are gone from every answer at once, and off the disk when the command ends. All times are meant unless \
            the query says which. What arrives later stays, whatever it says. There is no way back but a backup.

            EXAMPLES
              logdb admin delete 'device:ROB-7 until:2025-01-01' --dry-run --server http://127.0.0.1:8080
              logdb admin delete '"jane@example.com"' --yes --server http://127.0.0.1:8080

            Ends with 0 when entries were found, 1 when there were none, 2 on an error.
            """)

    @Argument(help: "Which entries go; * is all of them.")
    var query: String

    @Flag(help: "Only count them.")
    var dryRun = false

    @Flag(name: [.short, .long], help: "Do not ask.")
    var yes = false

    @OptionGroup var target: TargetOptions

    func validate() throws {
        if query.allSatisfy(\.isWhitespace) { throw ValidationError("say which entries go; * is all of them") }
    }

    func run() async throws {
        try await target.withBackend { backend in
            if dryRun || !yes {
                let count = try await backend.countDeletable(query)
                if dryRun { try Output.say("\(AdminDeleteCommand.entries(count)) would go\n") }
                guard count > 0 else {
                    if !dryRun { try Output.say("nothing to delete\n") }
                    throw ExitCode(ExitStatus.noMatch)
                }
                if dryRun { return }
                try AdminDeleteCommand.confirm("delete \(AdminDeleteCommand.entries(count)) for good?")
            }
            try await delete(backend)
        }
    }

    private func delete(_ backend: any Backend) async throws {
        var hiddenCount: UInt64 = 0
        let line = ProgressLine()
        do {
            try await backend.delete(query) {
                hiddenCount = $0
            } progress: { done, detail in
                line.update("delete", fraction: done, detail: detail)
            }
        } catch {
            line.clear()
            throw error
        }
        line.clear()
        try Output.say("\(AdminDeleteCommand.entries(hiddenCount)) deleted\n")
        if hiddenCount == 0 { throw ExitCode(ExitStatus.noMatch) }
    }

    private static func entries(_ count: UInt64) -> String { count == 1 ? "1 entry" : "\(count) entries" }

    private static func confirm(_ question: String) throws {
        guard Terminal.isStandardInputATerminal else {
            throw CommandFailure("nobody is there to be asked; say --yes to delete, --dry-run to count")
        }
        Terminal.say("\(question) [y/N] ")
        guard let answer = readLine(), ["y", "yes"].contains(answer.lowercased()) else {
            throw CommandFailure("nothing was deleted")
        }
    }
}
