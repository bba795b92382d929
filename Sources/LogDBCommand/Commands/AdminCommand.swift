import ArgumentParser
import LogModel

struct AdminCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "admin",
        abstract: "Looks after a store.",
        subcommands: [
            AdminStatsCommand.self, AdminCompactCommand.self, AdminQuarantineCommand.self, AdminAuditCommand.self,
            AdminCheckCommand.self, AdminDeleteCommand.self, AdminJobsCommand.self,
            AdminTierCommand.self, AdminVerifyCommand.self, AdminBackupCommand.self, AdminRetentionCommand.self,
            AdminRestoreCommand.self, AdminRekeyCommand.self,
        ])
}

struct AdminStatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Shows what a store holds and where its bytes are.",
        discussion: """
            EXAMPLES
              logdb admin stats --server http://127.0.0.1:8080
              logdb admin stats --data ./data --output json
            """)

    enum Form: String, CaseIterable, ExpressibleByArgument {
        case table, json
    }

    @OptionGroup var target: TargetOptions

    @Option(help: "How the figures are shown.")
    var output = Form.table

    @OptionGroup var color: ColourOption

    func run() async throws {
        try await target.withBackend { backend in
            let summary = try await backend.storage()
            let output = Output()
            switch self.output {
            case .table:
                try StorageTable.write(summary, style: Style(color.choice, descriptor: 1), to: output)
            case .json: try output.write(summary.json.bytes + [UInt8(ascii: "\n")])
            }
            try output.flush()
        }
    }
}

struct AdminCompactCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compact",
        abstract: "Seals what is in memory, merges small segments, and gives back disk space.",
        discussion: """
            EXAMPLES
              logdb admin compact --server http://127.0.0.1:8080
              logdb admin compact --data ./data
            """)

    @OptionGroup var target: TargetOptions

    func run() async throws {
        try await target.withBackend { backend in
            let before = try await backend.storage()
            let start = ContinuousClock.now
            try await ProgressLine.during("compact") { progress in try await backend.compact(progress: progress) }
            let after = try await backend.storage()
            try Output.say(
                "compacted in \(Humane.duration(ContinuousClock.now - start)): "
                    + "\(Humane.bytes(before.directoryBytes)) before, \(Humane.bytes(after.directoryBytes)) now\n")
        }
    }
}
