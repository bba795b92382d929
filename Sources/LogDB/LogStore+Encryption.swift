public import ObjectStore

extension LogStore {
    /// Objects that belong to this store, encrypted there where it has keys.
    public func encrypted(_ objects: any ObjectStore) -> any ObjectStore {
        StoreEncryption.encrypted(objects, options.encryptionKeys, directory)
    }

    /// What the key is known by that objects are written under; nil where they are not encrypted.
    public var encryptionKeyID: String? { options.encryptionKeys?.newestID }

    /// Reads the file of the keys again, and writes under its newest from now on.
    ///
    /// - Throws: `.invalidOptions` where there are none, or the file is none; what was goes on then.
    public func reloadEncryptionKeys() async throws(LogError) {
        try checkOpen()
        guard let keys = options.encryptionKeys else {
            throw LogError(
                .invalidOptions, "this store has no keys: begin with --encryption-keys, which names their file")
        }
        let (store, options) = (store, options)
        try await scans.run { () throws(LogError) in
            let known = try StoreEncryption.remembered(store)
            do throws(ObjectStoreError) {
                try keys.reload(keeping: known)
            } catch {
                throw LogError(.invalidOptions, error.message, location: error.location)
            }
            try StoreEncryption.remember(store, options)
        }
    }

    /// Brings all objects of the cold tier under the newest key, those too that are not encrypted yet. Questions are answered
    /// meanwhile. What was done stays when it ends early.
    ///
    /// - Parameter progress: Called now and then with how much is done, 0 to 1, and what is being done.
    /// - Returns: What was done, with the first of the objects that could not be read.
    /// - Throws: `.invalidOptions` without keys; `.cancelled`, `.closed`.
    public func renewColdKeys(
        progress: @escaping @Sendable (Double, String) -> Void = { _, _ in }
    ) async throws(LogError) -> KeyRenewal {
        try checkOpen()
        guard let objects = environment.cold.objects as? EncryptedObjectStore else {
            throw LogError(.invalidOptions, "this store has no keys: begin with --encryption-keys")
        }
        let pool = WorkerPool(threadCount: 1, name: "logdb-rekey")
        defer { pool.stop() }
        let (view, isClosing) = (view, closing)
        return try await pool.run { () throws(LogError) in
            let keys = view.snapshot().segments.compactMap(\.record.coldKey)
            var renewal = KeyRenewal()
            for (index, key) in keys.enumerated() {
                if isClosing() { throw LogError(.cancelled, "the store is closing") }
                progress(Double(index) / Double(keys.count), "cold segment \(index + 1) of \(keys.count)")
                // While it is held here, nobody removes it.
                let segment = view.snapshot().segments.first { $0.record.coldKey == key }
                if segment != nil { renewal.renew(key, of: objects) }
                withExtendedLifetime(segment) {}
            }
            return renewal
        }
    }

    /// The same for all that is kept at a place for backups.
    ///
    /// - Throws: `.invalidOptions` without keys; `.invalidArgument` where there is no backup; `.unreachable` where its objects cannot be listed; `.cancelled`, `.closed`.
    public func renewKeys(
        ofBackupsAt place: BackupPlace, progress: @escaping @Sendable (Double, String) -> Void = { _, _ in }
    ) async throws(LogError) -> KeyRenewal {
        try checkOpen()
        let place = place.encrypted(options.encryptionKeys, draftDirectory: directory + "/" + StoreEncryption.draftName)
        let pool = WorkerPool(threadCount: 1, name: "logdb-rekey")
        defer { pool.stop() }
        let isClosing = closing
        return try await pool.run { () throws(LogError) in
            try place.renewKeys(isCancelled: isClosing, progress: progress)
        }
    }
}
