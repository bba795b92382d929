import ArgumentParser
import Glibc

struct AdminBackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copies all that is stored to another place.",
        discussion: """
            A server goes on meanwhile: the backup shows one moment, which it states. What an earlier backup has brought to \
            the same place is not copied again. Files that were uploaded into sessions are part of it. Keys in “ca” and “secrets” of the data directory are no part of it.

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

    /// As it is found from any working directory: a server has one of its own.
    private var place: String {
        guard !to.hasPrefix("/"), !to.contains("://"), let here = realpath(".", nil) else { return to }
        defer { free(here) }
        return String(cString: here) + "/" + to
    }

    func run() async throws {
        let line = ProgressLine()
        let summary: String
        do {
            summary = try await target.withBackend { backend in
                try await backend.backup(to: place, copiesColdObjects: !withoutCold) { done, detail in
                    line.update("backup", fraction: done, detail: detail)
                }
            }
        } catch {
            line.clear()
            throw error
        }
        line.clear()
        try Output.say(summary + "\n")
    }
}
