import LogDB
import LogModel
import ObjectStore

/// The files that devices upload into their sessions. What a file holds is an object under its SHA-256; who has it where, a
/// row in the tables of the store. An object is there before a row says so, and goes after none does, so that a crash
/// leaves at most an object that nobody has.
final class Artifacts: Sendable {
    /// In the data directory.
    static let directoryName = ArtifactSource.directoryName
    /// Artifacts of one session; its tree is one answer.
    static let perSessionCountMax = 10_000

    let store: LogStore
    let objects: any ObjectStore
    let drafts: ArtifactDrafts
    let threads = FileThreads()
    /// By the hash of a content: its object and its row change together.
    let contents = ArtifactClaims()
    /// By the name of a draft.
    let uploads = ArtifactClaims()
    /// Bytes of all of an account's artifacts.
    let quota: UInt64
    let clock: @Sendable () -> Timestamp
    let orphans = ArtifactOrphans()
    let holds = ArtifactHolds()

    /// - Parameter quota: In bytes, for each account.
    init(
        _ store: LogStore, objects: (any ObjectStore)? = nil, quota: UInt64,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.store = store
        self.objects = objects ?? Artifacts.objects(of: store)
        drafts = ArtifactDrafts(store.directory + "/\(Artifacts.directoryName).new")
        self.quota = quota
        self.clock = clock
    }

    static func objects(of store: LogStore) -> any ObjectStore {
        store.encrypted(DirectoryObjectStore(store.directory + "/" + directoryName))
    }

    // MARK: Reading

    /// By path.
    func all(of session: UInt64) async throws(LogError) -> [ArtifactRecord] {
        try await store.readTables { (reader) throws(LogError) in
            let ids = try reader.ids(
                ArtifactRecord.byPath, from: IndexValue.number(session), to: IndexValue.number(session + 1),
                limit: Artifacts.perSessionCountMax)
            var artifacts: [ArtifactRecord] = []
            for id in ids {
                if let artifact = try reader.row(id, of: ArtifactRecord.self) { artifacts.append(artifact) }
            }
            return artifacts
        }
    }

    func find(_ path: String, of session: UInt64) async throws(LogError) -> ArtifactRecord? {
        try await store.readTables { (reader) throws(LogError) in
            try reader.row(ArtifactRecord.byPath, ArtifactRecord.pathKey(session, path))
        }
    }

    func content(of artifact: ArtifactRecord) async throws(LogError) -> ArtifactContent? {
        try await store.readTables { (reader) throws(LogError) in
            try reader.row(artifact.contentID, of: ArtifactContent.self)
        }
    }

    /// What an account's artifacts take, those under way included.
    func byteCount(of account: UInt64) async throws(LogError) -> UInt64 {
        let usage = try await store.readTables { (reader) throws(LogError) in
            try reader.row(ArtifactUsage.byAccount, IndexValue.number(account))
        }
        return (usage?.byteCount ?? 0) + drafts.byteCount(of: account)
    }

    /// Bytes of an artifact's content from `offset` on, up to 256 KiB.
    ///
    /// - Throws: `ArtifactError` `.io` where they are no longer there.
    func read(_ hash: [UInt8], at offset: UInt64, count: UInt64) async throws(ArtifactError) -> [UInt8] {
        let wanted = Int(min(count, 256 << 10))
        let bytes = try await withObjects { (objects) throws(ObjectStoreError) in
            var bytes = [UInt8](repeating: 0, count: wanted)
            let result: Result<Int, ObjectStoreError> = bytes.withUnsafeMutableBytes { buffer in
                do throws(ObjectStoreError) {
                    return .success(try objects.read(AuditLog.hexadecimal(hash), at: offset, into: buffer))
                } catch {
                    return .failure(error)
                }
            }
            bytes.removeLast(wanted - (try result.get()))
            return bytes
        }
        guard bytes.count == wanted else { throw ArtifactError(.io, "a content is shorter than it was") }
        return bytes
    }

    /// Calls the objects' store, which blocks, on a thread for that.
    func withObjects<R: Sendable>(
        _ body: @escaping @Sendable (any ObjectStore) throws(ObjectStoreError) -> R
    ) async throws(ArtifactError) -> R {
        let objects = objects
        do throws(ObjectStoreError) {
            return try await threads.run { () throws(ObjectStoreError) in try body(objects) }
        } catch {
            throw ArtifactError(error)
        }
    }

    // MARK: Removing

    /// Takes an artifact out of its session. What it held is removed when nobody has had it for a while.
    func remove(_ artifact: ArtifactRecord, by author: Identities.Author) async throws {
        let now = clock().microseconds
        let isRemoved = try await store.editTables { (editor) throws(LogError) in
            guard let found = try editor.row(artifact.id, of: ArtifactRecord.self) else { return false }
            try ArtifactEdit.release(found, at: now, in: editor)
            try editor.delete(found)
            try AuditLog.append(
                AuditEvent(
                    actor: author.actor, action: "artifact.remove", target: "session \(found.sessionID)",
                    address: author.address, detail: found.path), in: editor)
            return true
        }
        guard isRemoved else { throw ArtifactError.unknown(artifact.path) }
    }
}

extension ArtifactError {
    static func unknown(_ path: String) -> ArtifactError {
        ArtifactError(.unknown, "the session has no file “\(path)”; …/files lists what it has")
    }
}

/// Parts of edits that keep counts and usage right.
enum ArtifactEdit {
    /// Counts an artifact less; its own row is the caller's.
    static func release(_ artifact: ArtifactRecord, at now: Int64, in editor: TableEditor) throws(LogError) {
        if let old = try editor.row(artifact.contentID, of: ArtifactContent.self) {
            var content = old
            content.referenceCount -= min(1, content.referenceCount)
            content.unusedSince = content.referenceCount == 0 ? now : nil
            try editor.update(content, replacing: old)
        }
        if let old = try editor.row(ArtifactUsage.byAccount, IndexValue.number(artifact.accountID)) {
            var usage = old
            usage.byteCount -= min(usage.byteCount, artifact.byteCount)
            usage.artifactCount -= min(usage.artifactCount, 1)
            try editor.update(usage, replacing: old)
        }
    }

    /// Counts one more artifact with this content.
    static func take(
        _ hash: [UInt8], byteCount: UInt64, checksum: UInt32, in editor: TableEditor
    ) throws(LogError) -> ArtifactContent {
        guard let old = try editor.row(ArtifactContent.byHash, hash) else {
            return try editor.insert(ArtifactContent(hash: hash, byteCount: byteCount, checksum: checksum))
        }
        var content = old
        content.referenceCount += 1
        content.unusedSince = nil
        try editor.update(content, replacing: old)
        return content
    }

    static func use(_ byteCount: UInt64, of account: UInt64, in editor: TableEditor) throws(LogError) {
        let old = try editor.row(ArtifactUsage.byAccount, IndexValue.number(account))
        var usage = old ?? ArtifactUsage(accountID: account)
        usage.byteCount += byteCount
        usage.artifactCount += 1
        if let old { try editor.update(usage, replacing: old) } else { try editor.insert(usage) }
    }
}
