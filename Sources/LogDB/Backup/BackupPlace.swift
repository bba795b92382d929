public import ObjectStore

/// Where backups are kept: an object store, and the errors of a store of logs.
public struct BackupPlace: Sendable {
    let objects: any ObjectStore
    /// The directory that it is; nil where it is none of this machine.
    let root: String?

    public init(_ objects: any ObjectStore) {
        self.objects = objects
        root = (objects as? DirectoryObjectStore)?.root
    }

    private init(_ objects: any ObjectStore, root: String?) {
        self.objects = objects
        self.root = root
    }

    /// The same place, what is put there encrypted.
    ///
    /// - Parameter draftDirectory: For files that are to become objects; nil: none are put.
    func encrypted(_ keys: EncryptionKeys?, draftDirectory: String?) -> BackupPlace {
        guard let keys else { return self }
        return BackupPlace(
            EncryptedObjectStore(objects, keys: keys, draftDirectory: draftDirectory), root: root)
    }

    /// - Parameter text: The path of a directory.
    /// - Throws: `.invalidArgument` where it is none.
    public init(_ text: String) throws(LogError) {
        do throws(ObjectStoreError) {
            self.init(try ObjectPlace.open(text, isApart: true))
        } catch {
            throw LogError(.invalidArgument, error.message, location: text)
        }
    }

    /// The same place, to read what is encrypted there.
    public func reading(with keys: EncryptionKeys?) -> BackupPlace {
        encrypted(keys, draftDirectory: nil)
    }

    /// The keys of the whole backups there, the oldest first.
    ///
    /// - Throws: `.unreachable`.
    public func manifestKeys() throws(LogError) -> [String] {
        var keys: [String] = []
        // Hashes begin with digits or with letters before this one.
        var last = BackupManifest.keyPrefix
        while true {
            let after = last
            let page = try translated { () throws(ObjectStoreError) in try objects.keys(after: after, limit: 1_000) }
            keys += page.filter(BackupManifest.isKey)
            guard page.count == 1_000, let end = page.last else { return keys }
            last = end
        }
    }

    /// - Throws: `.corruption`, `.formatTooNew`, `.unreachable`.
    public func manifest(_ key: String) throws(LogError) -> BackupManifest {
        guard let byteCount = try byteCount(key) else {
            throw LogError(.unreachable, "there is no such backup", location: key)
        }
        // A store of a million files has a manifest of some hundred megabytes.
        guard byteCount < 1 << 30 else { throw LogError(.corruption, "the manifest is too large", location: key) }
        let bytes = try read(key, 0..<byteCount)
        if EncryptedObjectStore.isEncrypted(bytes) {
            throw LogError(
                .invalidArgument, "the backup is encrypted: name the file of its keys with --encryption-keys",
                location: key)
        }
        return try BackupManifest.decode(bytes, key: key)
    }

    /// The newest whole backup; nil where there is none.
    public func newest() throws(LogError) -> (key: String, manifest: BackupManifest)? {
        guard let key = try manifestKeys().last else { return nil }
        return (key, try manifest(key))
    }

    /// Brings every object there under the newest key.
    ///
    /// - Throws: `.invalidOptions` where the place has no keys; `.invalidArgument` where there is no backup, so that nobody
    ///   throws a key away for a place that was misspelt; `.unreachable`, `.cancelled`.
    func renewKeys(
        isCancelled: () -> Bool, progress: (Double, String) -> Void
    ) throws(LogError) -> KeyRenewal {
        guard let objects = objects as? EncryptedObjectStore else {
            throw LogError(.invalidOptions, "this store has no keys: begin with --encryption-keys")
        }
        guard try !manifestKeys().isEmpty else {
            throw LogError(.invalidArgument, "there is no whole backup at the place that was named")
        }
        var renewal = KeyRenewal()
        var last: String?
        while true {
            let after = last
            let page = try translated { () throws(ObjectStoreError) in try objects.keys(after: after, limit: 1_000) }
            for key in page {
                if isCancelled() { throw LogError(.cancelled, "the store is closing") }
                progress(BackupPlace.share(of: key), "the backups' object \(key)")
                renewal.renew(key, of: objects)
            }
            guard page.count == 1_000 else { return renewal }
            last = page.last
        }
    }

    /// About how many of all keys lie before one: most of them are hashes.
    private static func share(of key: String) -> Double {
        Double(UInt8(key.prefix(2), radix: 16) ?? .max) / 256
    }

    func byteCount(_ key: String) throws(LogError) -> UInt64? {
        try translated { () throws(ObjectStoreError) in try objects.byteCount(of: key) }
    }

    func put(_ key: String, fileAt path: String) throws(LogError) {
        try translated { () throws(ObjectStoreError) in try objects.put(key, fileAt: path) }
    }

    /// - Throws: `.corruption` where the object ends before; `.unreachable`.
    func read(_ key: String, _ range: Range<UInt64>) throws(LogError) -> [UInt8] {
        var failure: ObjectStoreError?
        let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
            do throws(ObjectStoreError) {
                count = try objects.read(key, at: range.lowerBound, into: UnsafeMutableRawBufferPointer(buffer))
            } catch {
                failure = error
            }
        }
        if let failure { throw BackupPlace.error(failure) }
        guard bytes.count == range.count else {
            throw LogError(.corruption, "an object of the backup is not whole", location: key)
        }
        return bytes
    }

    private func translated<R>(_ body: () throws(ObjectStoreError) -> R) throws(LogError) -> R {
        do throws(ObjectStoreError) { return try body() } catch { throw BackupPlace.error(error) }
    }

    private static func error(_ error: ObjectStoreError) -> LogError {
        let code: LogError.Code =
            switch error.code {
            case .diskFull: .diskFull
            case .damaged: .corruption
            case .invalidKeys: .invalidArgument
            default: .unreachable
            }
        return LogError(code, "the backup: \(error.message)", location: error.location)
    }
}
