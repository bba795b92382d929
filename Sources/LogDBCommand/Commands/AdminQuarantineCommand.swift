import ArgumentParser

struct AdminQuarantineCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quarantine",
        abstract: "Shows, stores or discards batches that were refused.",
        discussion: """
            A batch that cannot be read, and the entries of one that were refused, are kept with the reason.

            EXAMPLES
              logdb admin quarantine list --server http://127.0.0.1:8080
              logdb admin quarantine show 12 --server http://127.0.0.1:8080
              logdb admin quarantine replay --all --data ./data
              logdb admin quarantine remove 12 13 --data ./data
            """,
        subcommands: [
            QuarantineListCommand.self, QuarantineShowCommand.self, QuarantineReplayCommand.self,
            QuarantineRemoveCommand.self,
        ])
}

struct QuarantineListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists refused batches, the newest first.",
        discussion: """
            EXAMPLES
              logdb admin quarantine list --data ./data --output json

            Ends with 0 when there are some, 1 when there are none, 2 on an error.
            """)

    @Option(help: ArgumentHelp("Batches at most, 1 to 10000.", valueName: "count"))
    var limit = 100

    @OptionGroup var target: TargetOptions
    @OptionGroup var form: ListOptions

    func validate() throws {
        if !(1...10_000).contains(limit) { throw ValidationError("--limit must be from 1 to 10000") }
    }

    func run() async throws {
        try await IdentityBackend.with(target, isMade: false) { try form.show(try await $0.quarantine(limit: limit)) }
    }
}

struct QuarantineShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Writes what a refused batch held, as it was received.",
        discussion: """
            EXAMPLES
              logdb admin quarantine show 12 --out batch.ndjson --data ./data
            """)

    @Argument(help: "The batch's id.")
    var id: UInt64

    @Option(help: ArgumentHelp("The file to write. Default: standard output.", valueName: "file"))
    var out: String?

    @OptionGroup var target: TargetOptions

    func run() async throws {
        let bytes = try await IdentityBackend.with(target, isMade: false) { try await $0.quarantined(id) }
        let output = out.map { Output(path: $0) } ?? Output()
        try output.write(bytes)
        try output.finish()
    }
}

struct QuarantineReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Stores what can be stored of refused batches now.",
        discussion: """
            What is stored leaves the quarantine; entries that are still refused stay. A batch that is replayed twice is \
            stored once.

            EXAMPLES
              logdb admin quarantine replay 12 --server http://127.0.0.1:8080
              logdb admin quarantine replay --all --data ./data

            Ends with 0 when nothing is refused any more, 1 when some entries are, 2 on an error.
            """)

    @Argument(help: "The batches' ids.")
    var ids: [UInt64] = []

    @Flag(help: "All batches, the oldest first.")
    var all = false

    @OptionGroup var target: TargetOptions

    func validate() throws {
        if all == !ids.isEmpty { throw ValidationError("give the ids of batches, or --all") }
    }

    func run() async throws {
        try await IdentityBackend.with(target, isMade: false) { backend in
            let output = Output()
            var hasFailed = false
            var rejectedCount: UInt64 = 0
            for id in all ? try await backend.quarantinedIDs() : ids {
                do {
                    let replay = try await backend.replay(id)
                    rejectedCount += replay.rejected
                    try output.write(
                        "\(id): \(replay.accepted) accepted, \(replay.duplicates) duplicates, "
                            + "\(replay.rejected) rejected\n")
                    for reason in replay.reasons.prefix(10) { try output.write("  \(PlainText.escaped(reason))\n") }
                } catch let error as CommandFailure where error.kind != .unreachable {
                    hasFailed = true
                    CommandFailure("batch \(id): \(error.message)").say()
                }
            }
            try output.flush()
            if hasFailed { throw ExitCode(ExitStatus.failure) }
            if rejectedCount > 0 { throw ExitCode(ExitStatus.noMatch) }
        }
    }
}

struct QuarantineRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Discards refused batches.",
        discussion: """
            EXAMPLES
              logdb admin quarantine remove 12 13 --data ./data
            """)

    @Argument(help: "The batches' ids.")
    var ids: [UInt64]

    @OptionGroup var target: TargetOptions

    func run() async throws {
        try await IdentityBackend.with(target, isMade: false) { backend in
            for id in ids { try await backend.removeQuarantined(id) }
        }
        try Output.say("removed \(ids.count) \(ids.count == 1 ? "batch" : "batches")\n")
    }
}
