public import LogDB
import ObjectStore
import Synchronization

/// How many backups go on, while which no content is removed.
final class ArtifactHolds: Sendable {
    private let count = Atomic(0)

    var isHeld: Bool { count.load(ordering: .sequentiallyConsistent) > 0 }

    func with<R>(_ body: () async throws(LogError) -> R) async throws(LogError) -> R {
        count.add(1, ordering: .sequentiallyConsistent)
        defer { count.subtract(1, ordering: .sequentiallyConsistent) }
        return try await body()
    }
}

extension Artifacts {
    /// What a backup is told of them: every content that has a row, one that no artifact has any more too, as its row is in
    /// the backup as well.
    static func backupSource(_ objects: any ObjectStore) -> ArtifactSource {
        ArtifactSource(objects: objects) { (reader, add) throws(LogError) in
            try reader.forEach(of: ArtifactContent.self) { (content) throws(LogError) in
                try add(content.hash, content.byteCount)
                return true
            }
        }
    }
}

/// Copies a store with its artifacts to where backups are kept, as `LogStore.backup` says.
public enum StoreBackup {
    /// For a store that no server has.
    public static func make(
        of store: LogStore, to place: BackupPlace, copiesColdObjects: Bool,
        progress: @escaping @Sendable (Double, String) -> Void
    ) async throws(LogError) -> BackupReport {
        try await store.backup(
            to: place, copiesColdObjects: copiesColdObjects,
            artifacts: Artifacts.backupSource(Artifacts.objects(of: store)), progress: progress)
    }

    /// The same while a server goes on: what the backup's moment has is kept until it is copied.
    static func make(
        of store: LogStore, _ artifacts: Artifacts, to place: BackupPlace, copiesColdObjects: Bool,
        progress: @escaping @Sendable (Double, String) -> Void
    ) async throws(LogError) -> BackupReport {
        try await artifacts.holds.with { () throws(LogError) in
            try await store.backup(
                to: place, copiesColdObjects: copiesColdObjects, artifacts: Artifacts.backupSource(artifacts.objects),
                progress: progress)
        }
    }
}
