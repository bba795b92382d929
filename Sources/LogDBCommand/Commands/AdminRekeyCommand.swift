import ArgumentParser

struct AdminRekeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rekey",
        abstract: "Brings all that is encrypted under the newest key of the file.",
        discussion: """
            Reads the file of the keys again, and encrypts with its newest from then on. Objects of the cold tier and artifacts \
            that are there are brought under it, those too that were not encrypted; what they hold stays as it is, and can be \
            read meanwhile. Backups are brought there where their place is named. Then the older keys are needed no more.

            EXAMPLES
              logdb admin rekey --server http://127.0.0.1:8080
              logdb admin rekey --backups /mnt/backups --data ./data --encryption-keys /etc/logdb/keys
            """)

    @Option(help: ArgumentHelp("Where backups are that are brought there too.", valueName: "place"))
    var backups: String?

    @OptionGroup var target: TargetOptions

    func run() async throws {
        let summary = try await ProgressLine.during("rekey") { progress in
            try await target.withBackend { backend in
                try await backend.rekey(backups: backups.map(PlaceText.absolute), progress: progress)
            }
        }
        try Output.say(summary + "\n")
    }
}
