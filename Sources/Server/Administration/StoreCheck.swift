public import LogDB
import ObjectStore

/// Whether what a store holds agrees with itself: every table with its indexes, artifacts
/// with their objects, and the audit log's chain.
public enum StoreCheck {
    /// - Returns: A sentence for each contradiction; empty when there is none.
    /// - Throws: `LogError`.
    public static func problems(_ store: LogStore) async throws(LogError) -> [String] {
        try await problems(store, Artifacts.objects(of: store)) { _ in false }
    }

    /// The same while a server may be storing artifacts.
    static func problems(_ store: LogStore, _ artifacts: Artifacts) async throws(LogError) -> [String] {
        try await problems(store, artifacts.objects) { artifacts.contents.isHeld($0) }
    }

    private static func problems(
        _ store: LogStore, _ objects: any ObjectStore, isBusy: @escaping @Sendable ([UInt8]) -> Bool
    ) async throws(LogError) -> [String] {
        var problems = try await store.checkTables()
        problems += try await store.readTables { (reader) throws(LogError) in
            var found: [String] = []
            for table in tables { found += try reader.problems(of: table) }
            return found
        }
        problems += try await ArtifactCheck.problems(store, objects, isBusy: isBusy)
        if let row = try await AuditLog(store).verify().brokenAt {
            problems.append("the audit log was changed: row \(row) does not follow from the one before")
        }
        return problems
    }

    /// The server's own.
    private static let tables: [any TableRecord.Type] = [
        AccountRecord.self, UserRecord.self, APIKeyRecord.self, SignInRecord.self, AuditRecord.self,
        QuarantineRecord.self, QuarantineContent.self, QuarantineState.self, IdempotencyRecord.self,
        KeyUsageRecord.self, CertificateRecord.self, CapsuleRecord.self, MetricRecord.self, ShadowRecord.self,
        CommandRecord.self, ArtifactRecord.self, ArtifactContent.self, ArtifactUsage.self,
    ]
}
