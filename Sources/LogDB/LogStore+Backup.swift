public import LogModel
public import ObjectStore

/// What a backup is, and what it took.
public struct BackupReport: Sendable, Equatable {
    /// What the backup is known by where it is kept.
    public var key: String
    /// The moment that it shows.
    public var time: Timestamp
    /// The commit position of the last entry in it.
    public var sequence: UInt64
    public var entryCount: UInt64
    public var fileCount: Int
    /// Objects of the cold tier.
    public var objectCount: Int
    /// Contents of artifacts, and how many there should be beside them that were not to be found, or damaged.
    public var artifactCount: UInt64
    public var lostArtifactCount: UInt64
    /// Bytes of all files, objects and artifacts.
    public var byteCount: UInt64
    /// Of these, what was not there before.
    public var copiedByteCount: UInt64
}

extension LogStore {
    /// In the data directory, while a backup is made.
    static let checkpointName = "backup.new"

    /// Copies all that is acknowledged when it begins, and nothing of what comes after the moment that it states, while
    /// entries come and questions are asked. What an earlier backup has brought there is not copied again.
    ///
    /// Keys and secrets beside the store, `ca` and `secrets` in the data directory, are no part of it, nor are the keys that a
    /// store's objects are encrypted with; the backup is encrypted with them too. One backup at a time.
    ///
    /// - Parameters:
    ///   - copiesColdObjects: Whether the objects of the cold tier are copied too; else they are only named.
    ///   - artifacts: Those that are copied too, as they are in the tables of the same moment. One that is lost, or damaged, is
    ///     left out and counted.
    ///   - progress: Called now and then with how much is done, 0 to 1, and what is being done.
    /// - Throws: `.unreachable`, `.diskFull`, `.io`, `.cancelled`, `.closed`. What is there then is no backup, and makes the
    ///   next one shorter.
    public func backup(
        to place: BackupPlace, copiesColdObjects: Bool = true, artifacts: ArtifactSource? = nil,
        progress: @escaping @Sendable (Double, String) -> Void = { _, _ in }
    ) async throws(LogError) -> BackupReport {
        try checkOpen()
        progress(0, "making a checkpoint")
        let path = directory + "/" + LogStore.checkpointName
        let pool = WorkerPool(threadCount: 1, name: "logdb-backup")
        defer { pool.stop() }
        try await pool.run { () throws(LogError) in try FileTree.remove(path) }
        let checkpoint = try await maintenance.checkpoint(to: path, artifacts: artifacts)
        let place = place.encrypted(
            options.encryptionKeys, draftDirectory: directory + "/" + StoreEncryption.draftName)
        let (cold, isCancelled) = (environment.cold, closing)
        let outcome = try await pool.run { () throws(LogError) in
            defer { try? FileTree.remove(path) }
            var writer = BackupWriter(
                place, cold: cold, copiesColdObjects: copiesColdObjects, isCancelled: isCancelled)
            return try writer.write(checkpoint, progress: progress)
        }
        progress(1, "done")
        let manifest = outcome.manifest
        return BackupReport(
            key: outcome.key, time: manifest.time, sequence: manifest.sequence, entryCount: manifest.entryCount,
            fileCount: manifest.files.count, objectCount: manifest.coldObjects.count,
            artifactCount: manifest.artifacts?.count ?? 0, lostArtifactCount: manifest.artifacts?.lostCount ?? 0,
            byteCount: manifest.byteCount, copiedByteCount: outcome.copiedByteCount)
    }

    /// Makes `directory` the store that a backup holds. Everything is compared with what was backed up before the directory
    /// is touched, and then put in its place in one step.
    ///
    /// - Parameters:
    ///   - key: Of `BackupPlace.manifestKeys`; nil: the newest.
    ///   - coldPlace: Where the objects of the cold tier go, which the store remembers; nil: into the directory. Those that are
    ///     there already are not copied.
    ///   - keys: What the backup is encrypted with, and the store's objects are to be; nil: neither is.
    ///   - isReplacing: Whether a directory that holds something is replaced; its `ca` and `secrets` stay.
    ///   - copiesArtifacts: Whether the artifacts are there too; else `verify` of the server tells which are missing.
    /// - Throws: `.invalidArgument` when the directory holds something else, or there is no whole backup; `.corruption` when
    ///   the backup is damaged; `.formatTooNew`, `.locked`, `.unreachable`, `.io`, `.diskFull`. The directory is as it was.
    public static func restore(
        from place: BackupPlace, key: String? = nil, to directory: String, coldPlace: String? = nil,
        keys: EncryptionKeys? = nil, isReplacing: Bool = false, copiesArtifacts: Bool = true,
        progress: @escaping @Sendable (Double, String) -> Void = { _, _ in }
    ) async throws(LogError) -> BackupManifest {
        var target = directory
        while target.utf8.count > 1, target.hasSuffix("/") { target.removeLast() }
        let pool = WorkerPool(threadCount: 1, name: "logdb-restore")
        defer { pool.stop() }
        return try await pool.run { [target] () throws(LogError) in
            let place = place.reading(with: keys)
            let known = try place.manifestKeys()
            guard let chosen = key ?? known.last, known.contains(chosen) else {
                throw LogError(.invalidArgument, "there is no whole backup here")
            }
            let manifest = try place.manifest(chosen)
            let restorer = Restorer(
                place: place, directory: target, coldPlace: coldPlace.map { ColdStore.absolute($0) }, keys: keys,
                isReplacing: isReplacing, copiesArtifacts: copiesArtifacts)
            try restorer.restore(manifest, progress: progress)
            return manifest
        }
    }
}
