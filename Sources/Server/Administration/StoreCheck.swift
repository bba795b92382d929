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
        try await store.checkTables() + ownProblems(store, objects, isBusy: isBusy)
    }

    /// Reads all of the store, its tables and their indexes too.
    ///
    /// - Parameter isRepairing: Whether what can be made whole again is, as `LogStore.verify` says.
    /// - Throws: What `LogStore.verify` throws.
    public static func verify(
        _ store: LogStore, isRepairing: Bool, progress: @escaping @Sendable (Double, String) -> Void
    ) async throws(LogError) -> VerificationReport {
        try await verify(
            store, Artifacts.objects(of: store), isRepairing: isRepairing, isBusy: { _ in false }, progress: progress)
    }

    /// The same while a server may be storing artifacts.
    static func verify(
        _ store: LogStore, _ artifacts: Artifacts, isRepairing: Bool,
        progress: @escaping @Sendable (Double, String) -> Void
    ) async throws(LogError) -> VerificationReport {
        try await verify(
            store, artifacts.objects, isRepairing: isRepairing, isBusy: { artifacts.contents.isHeld($0) },
            progress: progress)
    }

    private static func verify(
        _ store: LogStore, _ objects: any ObjectStore, isRepairing: Bool,
        isBusy: @escaping @Sendable ([UInt8]) -> Bool, progress: @escaping @Sendable (Double, String) -> Void
    ) async throws(LogError) -> VerificationReport {
        var report = try await store.verify(isRepairing: isRepairing, progress: progress)
        let before = try await ownProblems(store, objects, isBusy: isBusy)
        guard isRepairing, !before.isEmpty else {
            report.add(before.map { .init(.table, "tables", $0) })
            return report
        }
        try await store.editTables { (editor) throws(LogError) in
            for table in tables { _ = try editor.rebuildIndexes(of: table) }
        }
        let left = Set(try await ownProblems(store, objects, isBusy: isBusy))
        report.add(before.map { .init(.table, "tables", $0, remedy: left.contains($0) ? .none : .rebuilt) })
        return report
    }

    /// Of the server's own tables, of artifacts, and of the audit log.
    private static func ownProblems(
        _ store: LogStore, _ objects: any ObjectStore, isBusy: @escaping @Sendable ([UInt8]) -> Bool
    ) async throws(LogError) -> [String] {
        var problems = try await store.readTables { (reader) throws(LogError) in
            var found: [String] = []
            for table in tables { found += try reader.problems(of: table) }
            return found
        }
        problems += try await ArtifactCheck.problems(store, objects, isBusy: isBusy)
        do throws(LogError) {
            if let row = try await AuditLog(store).verify().brokenAt {
                problems.append("the audit log was changed: row \(row) does not follow from the one before")
            }
        } catch {
            guard error.code == .corruption else { throw error }
            problems.append("the audit log does not read: \(error.message)")
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
