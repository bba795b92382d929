import Glibc
import ObjectStore

/// The file of the keys that a store's objects are encrypted with.
enum KeyFile {
    static let variable = "LOGDB_ENCRYPTION_KEYS"

    /// - Parameter path: As an option names it; nil: as the environment does. Nil there too: no keys.
    static func read(_ path: String?) throws(CommandFailure) -> EncryptionKeys? {
        guard let path = path ?? Terminal.environment(variable) else { return nil }
        do throws(ObjectStoreError) {
            return try EncryptionKeys(path: path)
        } catch {
            throw CommandFailure("\(path): \(error.message)")
        }
    }

    /// Adds a new key at the end, which is the one that is written under from then on. A file that is not there is made, for its
    /// owner alone; one that is there stays as it is until the longer one is whole in its place.
    static func addKey(_ path: String, comment: String) throws(CommandFailure) {
        var text = ""
        if access(path, F_OK) == 0 {
            _ = try read(path)
            text = try SmallFile.read(path)
            if !text.hasSuffix("\n") { text += "\n" }
        }
        text += "\(EncryptionKeys.newLine())  # \(comment)\n"
        let draft = path + ".new"
        try SmallFile.write(text, to: draft)
        guard rename(draft, path) == 0 else {
            unlink(draft)
            throw CommandFailure("could not put \(path) in its place: \(String(cString: strerror(errno)))")
        }
    }
}
