import CBytes
import Glibc
import LogModel
import ObjectStore

/// Makes a data directory out of a backup: beside the one that it is to be, whole and proven, and then in its place in one
/// step.
struct Restorer {
    let place: BackupPlace
    let directory: String
    /// Where the objects of the cold tier go; nil: into the data directory.
    let coldPlace: String?
    /// What objects are encrypted with; nil: they are not.
    let keys: EncryptionKeys?
    let isReplacing: Bool
    let copiesArtifacts: Bool

    var draft: String { directory + ".restoring" }

    /// - Throws: `.invalidArgument` when the directory holds something and is not to be replaced; `.corruption` when the
    ///   backup is damaged or not whole; `.formatTooNew`, `.locked`, `.unreachable`, `.io`, `.diskFull`. The directory is as
    ///   it was then.
    func restore(_ manifest: BackupManifest, progress: (Double, String) -> Void) throws(LogError) {
        let target = try RestoreTarget(directory, isReplacing: isReplacing)
        if let root = place.root {
            try target.checkIsOutside(
                root, "the backup lies in the directory that it would replace: move it out of there")
        }
        if let coldPlace, !ObjectPlace.isRemote(coldPlace) {
            try target.checkIsOutside(
                coldPlace,
                "the cold tier lies in the directory that is replaced: move it out of there, or leave out --cold")
        }
        guard manifest.holdsColdObjects || coldPlace != nil else {
            throw LogError(
                .invalidArgument,
                "the backup was made without the objects of the cold tier: say where they are with --cold")
        }
        try FileTree.remove(draft)
        try makeDirectory(draft, like: directory)
        let artifactCount = Int(clamping: manifest.artifacts?.count ?? 0)
        let total = Double(max(manifest.files.count + manifest.coldObjects.count + artifactCount, 1))
        for (index, file) in manifest.files.enumerated() {
            progress(Double(index) / total, "copying \(file.name)")
            try fetch(file, to: draft + "/" + file.name)
        }
        try restoreColdObjects(manifest) { index in
            progress(
                Double(manifest.files.count + index) / total,
                "copying cold segment \(index + 1) of \(manifest.coldObjects.count)")
        }
        try restoreArtifacts(copiesArtifacts ? manifest.artifacts : nil) { index in
            progress(
                Double(manifest.files.count + manifest.coldObjects.count + index) / total,
                "copying artifact \(index + 1) of \(artifactCount)")
        }
        try checkOpens()
        try keepSecrets()
        try FileDigest.syncDirectory(draft)
        try target.check()
        try takePlace()
    }

    /// Copies a file out of the backup and compares it.
    func fetch(_ file: BackupManifest.File, to path: String) throws(LogError) {
        guard let key = file.hash else { return }
        guard try place.byteCount(key) == file.byteCount else {
            throw LogError(.corruption, "the backup lacks a file, or has it in part", location: file.name)
        }
        var offset: UInt64 = 0
        let (_, hash) = try FileDigest.write(path) { () throws(LogError) in
            let end = min(offset + UInt64(FileDigest.pieceByteCount), file.byteCount)
            guard offset < end else { return [] }
            defer { offset = end }
            return try place.read(key, offset..<end)
        }
        guard hash == key else {
            throw LogError(.corruption, "a file of the backup is damaged", location: file.name)
        }
    }

    private func restoreColdObjects(_ manifest: BackupManifest, _ progress: (Int) -> Void) throws(LogError) {
        guard !manifest.coldObjects.isEmpty else { return }
        let cold = ColdStore(
            objects: encrypted(try ColdStore.objects(at: coldPlace ?? draft + "/cold")), draftDirectory: draft)
        for (index, object) in manifest.coldObjects.enumerated() {
            progress(index)
            if try cold.byteCount(object.name) == object.byteCount { continue }
            guard object.hash != nil else {
                throw LogError(
                    .corruption, "an object is neither in the backup nor in the cold tier", location: object.name)
            }
            let path = draft + "/object"
            try fetch(object, to: path)
            try cold.put(object.name, fileAt: path)
            unlink(path)
        }
    }

    func encrypted(_ objects: any ObjectStore) -> any ObjectStore { StoreEncryption.encrypted(objects, keys, draft) }

    /// Opens what was copied, and says where its cold tier is, and what it is encrypted with.
    private func checkOpens() throws(LogError) {
        let store = try RocksStore(path: draft, cacheByteCount: 1 << 20)
        defer { store.close() }
        guard let bytes = try store.value(.meta, KeyLayout.formatVersion), bytes.count == 4 else {
            throw LogError(.corruption, "what the backup holds is no store", location: draft)
        }
        _ = try FormatVersion.check(
            stored: bytes.withUnsafeBytes { UInt32(littleEndian: $0.loadUnaligned(as: UInt32.self)) })
        var batch = WriteBatch()
        if let coldPlace {
            batch.put(store, .meta, KeyLayout.coldPlace, Array(coldPlace.utf8))
        } else {
            batch.delete(store, .meta, KeyLayout.coldPlace)
        }
        if let keys { batch.put(store, .meta, KeyLayout.encryptionKey, Array(keys.newestID.utf8)) }
        try store.write(batch, synced: true)
        try FileTree.remove(draft + "/" + StoreEncryption.draftName)
    }

    /// Keys of the directory that is replaced stay: they are in no backup.
    private func keepSecrets() throws(LogError) {
        for name in RestoreTarget.secretDirectories {
            let source = directory + "/" + name
            let files = DirectoryListing.names(source)
            guard !files.isEmpty else { continue }
            try makeDirectory(draft + "/" + name, like: source)
            for file in files where link(source + "/" + file, draft + "/" + name + "/" + file) != 0 {
                throw FileDigest.failure("keep a key", source + "/" + file)
            }
            try FileDigest.syncDirectory(draft + "/" + name)
        }
    }

    private func takePlace() throws(LogError) {
        let parent = directory.split(separator: "/").dropLast().joined(separator: "/")
        let above = directory.hasPrefix("/") ? "/" + parent : parent.isEmpty ? "." : parent
        if access(directory, F_OK) != 0 {
            guard rename(draft, directory) == 0 else { throw FileDigest.failure("put the backup in place", directory) }
        } else {
            guard cbytes_exchange(draft, directory) == 0 else {
                throw FileDigest.failure("put the backup in place", directory)
            }
        }
        try FileDigest.syncDirectory(above)
        try FileTree.remove(draft)
    }

    /// With the permissions of the directory whose place it takes, where there is one.
    private func makeDirectory(_ path: String, like other: String) throws(LogError) {
        var info = stat()
        let mode = stat(other, &info) == 0 ? info.st_mode & 0o777 : 0o750
        if mkdir(path, mode) != 0, errno != EEXIST { throw FileDigest.failure("make a directory", path) }
        guard chmod(path, mode) == 0 else { throw FileDigest.failure("make a directory", path) }
    }
}
