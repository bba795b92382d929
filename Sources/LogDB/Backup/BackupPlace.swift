public import ObjectStore

/// Where backups are kept: an object store, and the errors of a store of logs.
public struct BackupPlace: Sendable {
    let objects: any ObjectStore

    public init(_ objects: any ObjectStore) { self.objects = objects }

    /// The directory that it is; nil where it is none of this machine.
    var root: String? { (objects as? DirectoryObjectStore)?.root }

    /// - Parameter text: The path of a directory.
    /// - Throws: `.invalidArgument` where it is none.
    public init(_ text: String) throws(LogError) {
        do throws(ObjectStoreError) {
            objects = try ObjectPlace.open(text, isApart: true)
        } catch {
            throw LogError(.invalidArgument, error.message, location: text)
        }
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
        return try BackupManifest.decode(try read(key, 0..<byteCount), key: key)
    }

    /// The newest whole backup; nil where there is none.
    public func newest() throws(LogError) -> (key: String, manifest: BackupManifest)? {
        guard let key = try manifestKeys().last else { return nil }
        return (key, try manifest(key))
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
        LogError(
            error.code == .diskFull ? .diskFull : .unreachable, "the backup: \(error.message)",
            location: error.location)
    }
}
