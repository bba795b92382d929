import ArgumentParser
import Glibc
import LogDB
import ObjectStore

struct AdminRestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Makes a data directory out of a backup.",
        discussion: """
            Everything is compared with what was backed up first; then the directory is there whole, in one step. A \
            directory that holds something is refused without --replace, which keeps its keys (“ca”, “secrets”).

            EXAMPLES
              logdb admin restore --from /mnt/backups --data ./restored
              logdb admin restore --from /mnt/backups --list
              logdb admin restore --from /mnt/backups --data ./data --replace
            """)

    @Option(help: ArgumentHelp("Where the backup is.", valueName: "place"))
    var from: String

    @Option(help: ArgumentHelp("The data directory to be. Default: LOGDB_DATA.", valueName: "directory"))
    var data: String?

    @Option(help: ArgumentHelp("Which backup, of those that --list shows. Default: the newest.", valueName: "name"))
    var backup: String?

    @Option(
        help: ArgumentHelp(
            "Where the cold tier is to be, or is. Default: in the data directory.", valueName: "place"))
    var cold: String?

    @Option(
        help: ArgumentHelp(
            "The keys of a backup that is encrypted, and of what is restored. Default: LOGDB_ENCRYPTION_KEYS, or none.",
            valueName: "file"))
    var encryptionKeys: String?

    @Flag(help: "Put the backup in the place of what the directory holds.")
    var replace = false

    @Flag(help: "Leave out the files that were uploaded into sessions.")
    var withoutArtifacts = false

    @Flag(help: "List the backups instead.")
    var list = false

    func run() async throws {
        let keys = try KeyFile.read(encryptionKeys)
        do throws(LogError) {
            let place = try BackupPlace(from)
            if list { return try show(place, keys) }
            guard var directory = data ?? Terminal.environment("LOGDB_DATA"), !directory.isEmpty else {
                throw LogError(.invalidArgument, "say where the data directory is to be: --data DIR (or LOGDB_DATA)")
            }
            while directory.count > 1, directory.hasSuffix("/") { directory.removeLast() }
            let line = ProgressLine()
            let manifest: BackupManifest
            do throws(LogError) {
                manifest = try await LogStore.restore(
                    from: place, key: backup, to: directory, coldPlace: cold, keys: keys, isReplacing: replace,
                    copiesArtifacts: !withoutArtifacts
                ) { done, detail in line.update("restore", fraction: done, detail: detail) }
            } catch {
                line.clear()
                throw error
            }
            line.clear()
            let artifacts = withoutArtifacts ? nil : manifest.artifacts
            say(
                "\(manifest.entryCount) entries as of \(manifest.time), through commit position \(manifest.sequence)"
                    + (artifacts.map { ", and \($0.count) artifacts" } ?? "") + "\n")
        } catch {
            throw CommandFailure("\(error.location.map { "\($0): " } ?? "")\(error.message)")
        }
    }

    private func show(_ place: BackupPlace, _ keys: EncryptionKeys?) throws(LogError) {
        let place = place.reading(with: keys)
        let keys = try place.manifestKeys()
        guard !keys.isEmpty else { throw LogError(.invalidArgument, "there is no whole backup here", location: from) }
        for key in keys {
            let manifest = try place.manifest(key)
            say(
                "\(key)\t\(manifest.time)\t\(manifest.entryCount) entries\t"
                    + (manifest.artifacts.map { "\($0.count) artifacts\t" } ?? "without artifacts\t")
                    + "\(manifest.byteCount) bytes\n")
        }
    }

    private func say(_ text: String) { try? Output.say(text) }
}
