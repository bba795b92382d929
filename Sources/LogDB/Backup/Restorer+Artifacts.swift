import Glibc
import ObjectStore

extension Restorer {
    /// Copies the artifacts into the directory to be, and compares each with its hash.
    ///
    /// - Throws: `.corruption` for one that is missing or damaged, `.unreachable`, `.io`, `.diskFull`.
    func restoreArtifacts(
        _ artifacts: BackupManifest.Artifacts?, progress: (Int) -> Void
    ) throws(LogError) {
        guard let artifacts else { return }
        let listPath = draft + "/" + ArtifactList.name
        defer { unlink(listPath) }
        try fetch(artifacts.list, to: listPath)
        let objects = encrypted(DirectoryObjectStore(draft + "/" + ArtifactSource.directoryName))
        let path = draft + "/object"
        var count = 0
        try ArtifactList.forEach(listPath) { (line) throws(LogError) in
            progress(count)
            count += 1
            do throws(LogError) {
                try fetch(.init(name: "artifact \(line.hash)", byteCount: line.byteCount, hash: line.hash), to: path)
            } catch {
                guard error.code == .corruption else { throw error }
                throw LogError(
                    .corruption,
                    "\(error.message); remove the object \(line.hash) from where the backups are and make another backup, "
                        + "or restore with --without-artifacts", location: error.location)
            }
            do throws(ObjectStoreError) {
                try objects.put(line.hash, fileAt: path)
            } catch {
                throw LogError(error.code == .diskFull ? .diskFull : .io, error.message, location: error.location)
            }
            unlink(path)
        }
        guard UInt64(count) == artifacts.count else {
            throw LogError(.corruption, "the backup's list of artifacts is not whole")
        }
    }
}
