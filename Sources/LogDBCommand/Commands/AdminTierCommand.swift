import ArgumentParser
import Server

struct AdminTierCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tier",
        abstract: "Moves old entries to the cold tier now.",
        discussion: """
            A server moves whole days by itself when they are old enough (--cold-after). They are found as before; only \
            where their columns lie changes.

            EXAMPLES
              logdb admin tier --older-than 3d --server http://127.0.0.1:8080
              logdb admin tier --now --data ./data
            """)

    @Option(help: ArgumentHelp("What is moved: days whose entries are all older than this.", valueName: "age"))
    var olderThan = "7d"

    @Flag(help: "Move everything.")
    var now = false

    @OptionGroup var target: TargetOptions

    func validate() throws {
        if Age(argument: olderThan) == nil { throw ValidationError("--older-than is a time such as 7d, 12h or 0s") }
    }

    func run() async throws {
        try await target.withBackend { backend in
            let before = try await backend.storage()
            try await ProgressLine.during("tier") { progress in
                try await backend.tier(olderThan: now ? "0s" : olderThan, progress: progress)
            }
            let after = try await backend.storage()
            try Output.say(
                "\(after.cold.entries - min(before.cold.entries, after.cold.entries)) entries moved; the cold tier has "
                    + "\(after.cold.entries), in \(Humane.bytes(after.cold.bytes))\n")
        }
    }
}
