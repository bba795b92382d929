import ArgumentParser

struct AdminBackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copies all that is stored to another place.",
        discussion: """
            A server goes on meanwhile: the backup shows one moment, which it states. What an earlier backup has brought to \
            the same place is not copied again. Files that were uploaded into sessions are part of it. Keys in “ca” and “secrets” of the data directory are no part of it, nor is the file of the keys that objects are encrypted with; with such keys the backup is \
            encrypted too.

            EXAMPLES
              logdb admin backup --to /mnt/backups --server http://127.0.0.1:8080
              logdb admin backup --to /mnt/backups --data ./data
            """)

    @Option(
        help: ArgumentHelp("Where the backup goes: a directory, on the server's machine, or s3://…", valueName: "place")
    )
    var to: String

    @Flag(help: "Only name the objects of the cold tier, and do not copy them.")
    var withoutCold = false

    @OptionGroup var target: TargetOptions

    func run() async throws {
        let summary = try await ProgressLine.during("backup") { progress in
            try await target.withBackend { backend in
                try await backend.backup(
                    to: PlaceText.absolute(to), copiesColdObjects: !withoutCold, progress: progress)
            }
        }
        try Output.say(summary + "\n")
    }
}
