public import LogDB
public import ObjectStore

/// Brings all that belongs to a store under the newest key of its file: the objects of the cold tier, artifacts, and backups
/// where they are named.
public enum KeyRenewals {
    /// For a store that no server has.
    ///
    /// - Throws: As `reloadEncryptionKeys`; `.corruption` or `.unreachable` when an object could not be brought there, after all
    ///   others were.
    public static func run(
        of store: LogStore, backups: BackupPlace?, progress: @escaping @Sendable (Double, String) -> Void
    ) async throws -> KeyRenewal {
        try await store.reloadEncryptionKeys()
        return try await run(
            of: store, Artifacts(store, quota: 0, clock: { .now }), backups: backups, progress: progress)
    }

    /// The same while a server goes on. The keys were read.
    static func run(
        of store: LogStore, _ artifacts: Artifacts, backups: BackupPlace?,
        progress: @escaping @Sendable (Double, String) -> Void
    ) async throws -> KeyRenewal {
        var renewal = try await store.renewColdKeys { progress($0 * 0.4, $1) }
        progress(0.4, "artifacts")
        renewal += try await artifacts.renewKeys { progress(0.4 + $0 * 0.2, $1) }
        if let backups { renewal += try await store.renewKeys(ofBackupsAt: backups) { progress(0.6 + $0 * 0.4, $1) } }
        if let failure = renewal.failure {
            throw LogError(
                failure.code == .damaged ? .corruption : .unreachable,
                "\(renewal.failureCount) of \(renewal.objectCount) objects could not be brought under the new key; the "
                    + "first: \(failure.message)", location: failure.location)
        }
        return renewal
    }
}

extension Artifacts {
    /// Brings the contents of artifacts under the newest key.
    func renewKeys(progress: @escaping @Sendable (Double, String) -> Void) async throws -> KeyRenewal {
        guard let objects = objects as? EncryptedObjectStore else { return KeyRenewal() }
        var renewal = KeyRenewal()
        var next: UInt64 = 1
        while true {
            let page = try await contents(from: next)
            guard let last = page.last else { return renewal }
            next = last.id + 1
            for content in page {
                try Task.checkCancellation()
                progress(0, "the artifact \(content.key)")
                // Nobody removes it meanwhile.
                renewal += try await contents.with(content.hash) {
                    try await threads.run { () throws(ObjectStoreError) in
                        var one = KeyRenewal()
                        one.renew(content.key, of: objects)
                        return one
                    }
                }
            }
        }
    }
}

extension KeyRenewal {
    /// One sentence.
    public var summary: String {
        "\(objectCount) objects are under the newest key: \(renewedCount) were under another, \(encryptedCount) were not "
            + "encrypted"
    }
}
