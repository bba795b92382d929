import ArgumentParser

struct AdminAuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Shows what was done by whom, the newest first.",
        discussion: """
            With --verify the log is checked from its first row to its last: each row holds the hash of the one before \
            it. Keep the head's hash elsewhere, and a later check shows whether rows were cut off the end.

            EXAMPLES
              logdb admin audit --data ./data
              logdb admin audit --verify --server http://127.0.0.1:8080

            Ends with 0, or with 2 when --verify finds the log changed.
            """)

    @Flag(help: "Check the chain of hashes instead of showing rows.")
    var verify = false

    @Option(help: ArgumentHelp("Rows at most, 1 to 10000.", valueName: "count"))
    var limit = 100

    @OptionGroup var target: TargetOptions
    @OptionGroup var form: ListOptions

    func validate() throws {
        if !(1...10_000).contains(limit) { throw ValidationError("--limit must be from 1 to 10000") }
    }

    func run() async throws {
        try await IdentityBackend.with(target, isMade: false) { backend in
            guard verify else { return try form.show(try await backend.audit(limit: limit)) }
            let chain = try await backend.verifyAudit()
            if let brokenAt = chain.brokenAt {
                throw CommandFailure("the audit log was changed: row \(brokenAt) does not follow from the one before")
            }
            try Output.say("intact: \(chain.count) rows, head \(PlainText.escaped(chain.head))\n")
        }
    }
}
