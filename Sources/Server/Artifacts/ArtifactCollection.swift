import LogDB
import LogModel
import ObjectStore
import Synchronization

/// Since when objects and rows were seen without each other, in microseconds since the epoch.
final class ArtifactOrphans: Sendable {
    private let seen = Mutex<[String: Int64]>([:])

    /// Whether `key` has been seen so for as long as that; of `keys` only those that are still so are remembered.
    func old(_ keys: Set<String>, at now: Int64, after time: Int64) -> [String] {
        seen.withLock { seen in
            seen = seen.filter { keys.contains($0.key) }
            for key in keys where seen[key] == nil { seen[key] = now }
            return keys.filter { now - (seen[$0] ?? now) >= time }.sorted()
        }
    }
}

extension Artifacts {
    /// How long what nobody has stays on the disk: a mistake can be taken back, and an upload that is sent again finds it.
    static let graceTime: Int64 = 3_600_000_000
    /// How long an upload that broke off is kept.
    static let draftLifetime: Int64 = 86_400_000_000
    private static let perEdit = 500
    static let keysPerPage = 1_000

    /// Removes contents that no artifact has had for a while, and drafts that nobody goes on with.
    ///
    /// - Returns: How many contents were removed.
    @discardableResult
    func collect() async throws -> Int {
        let now = clock().microseconds
        let (drafts, uploads) = (drafts, uploads)
        await threads.run {
            drafts.removeIdle(since: (now - Artifacts.draftLifetime) / 1_000_000) { uploads.isHeld(Array($0.utf8)) }
        }
        let ids = try await store.readTables { (reader) throws(LogError) in
            try reader.ids(
                ArtifactContent.byUnusedSince, from: IndexValue.signed(.min),
                to: IndexValue.signed(now - Artifacts.graceTime + 1), limit: Artifacts.perEdit)
        }
        var count = 0
        for id in ids {
            let found = try await store.readTables { (reader) throws(LogError) in
                try reader.row(id, of: ArtifactContent.self)
            }
            guard let found else { continue }
            let isRemoved = try await contents.with(found.hash) {
                let isUnused = try await store.editTables { [holds] (editor) throws(LogError) in
                    // Asked between two commits, as a backup takes its moment: the row is not in the backup, or what it
                    // speaks of stays until that is done.
                    if holds.isHeld { return false }
                    guard let content = try editor.row(id, of: ArtifactContent.self), content.referenceCount == 0 else {
                        return false
                    }
                    try editor.delete(content)
                    return true
                }
                // The row goes first: a crash in between leaves an object that nobody has, which is found.
                if isUnused { try await removeObject(found.key) }
                return isUnused
            }
            if isRemoved { count += 1 }
        }
        return count
    }

    func removeObject(_ key: String) async throws(ArtifactError) {
        try await withObjects { (objects) throws(ObjectStoreError) in try objects.remove(key) }
    }

    /// Looks through all objects and rows for those that are without the other, as a crash or a broken disk leaves them, and
    /// removes those that stay so for `graceTime`.
    ///
    /// - Returns: How many were removed.
    @discardableResult
    func sweep() async throws -> Int {
        let now = clock().microseconds
        let lost = try await contentsWithoutObject()
        let stray = try await objectsWithoutRow()
        var count = 0
        for key in orphans.old(Set(lost.keys).union(stray.keys), at: now, after: Artifacts.graceTime) {
            if let hash = stray[key] {
                let isRemoved = try await contents.with(hash) {
                    guard try await content(hash) == nil else { return false }
                    try await removeObject(key)
                    return true
                }
                if isRemoved { count += 1 }
            } else if let content = lost[key] {
                try await removeLost(content, at: now)
                count += 1
            }
        }
        return count
    }

    func content(_ hash: [UInt8]) async throws(LogError) -> ArtifactContent? {
        try await store.readTables { (reader) throws(LogError) in try reader.row(ArtifactContent.byHash, hash) }
    }

    /// The next contents from an id on, in its order, up to `keysPerPage`; none at the end.
    func contents(from id: UInt64) async throws(LogError) -> [ArtifactContent] {
        try await store.readTables { (reader) throws(LogError) in
            var page: [ArtifactContent] = []
            try reader.forEach(of: ArtifactContent.self, from: id) { (content) throws(LogError) in
                page.append(content)
                return page.count < Artifacts.keysPerPage
            }
            return page
        }
    }

    private func contentsWithoutObject() async throws -> [String: ArtifactContent] {
        var lost: [String: ArtifactContent] = [:]
        var next: UInt64 = 1
        while true {
            let page = try await contents(from: next)
            guard let last = page.last else { return lost }
            next = last.id + 1
            let missing = try await withObjects { (objects) throws(ObjectStoreError) in
                var missing: [ArtifactContent] = []
                for content in page where try objects.byteCount(of: content.key) != content.byteCount {
                    missing.append(content)
                }
                return missing
            }
            for content in missing { lost["row " + content.key] = content }
        }
    }

    private func objectsWithoutRow() async throws -> [String: [UInt8]] {
        var stray: [String: [UInt8]] = [:]
        var after: String?
        while true {
            let last = after
            let keys = try await withObjects { (objects) throws(ObjectStoreError) in
                try objects.keys(after: last, limit: Artifacts.keysPerPage)
            }
            for key in keys {
                guard let hash = ArtifactContent.hash(ofKey: key) else { continue }
                if !contents.isHeld(hash), try await content(hash) == nil { stray[key] = hash }
            }
            guard keys.count == Artifacts.keysPerPage else { return stray }
            after = keys.last
        }
    }

    /// Forgets a content that is no longer there, with the artifacts that had it.
    private func removeLost(_ content: ArtifactContent, at now: Int64) async throws(LogError) {
        try await store.editTables { (editor) throws(LogError) in
            for id in try editor.ids(ArtifactRecord.byContent, IndexValue.number(content.id)) {
                guard let artifact = try editor.row(id, of: ArtifactRecord.self), artifact.contentID == content.id
                else { continue }
                try ArtifactEdit.release(artifact, at: now, in: editor)
                try editor.delete(artifact)
                try AuditLog.append(
                    AuditEvent(
                        actor: "server", action: "artifact.lost", target: "session \(artifact.sessionID)", address: "",
                        detail: "\(artifact.path), SHA-256 \(content.key)"), in: editor)
            }
            if let left = try editor.row(content.id, of: ArtifactContent.self), left.referenceCount == 0 {
                try editor.delete(left)
            }
        }
    }
}

extension ArtifactContent {
    /// Nil for what is no key of an artifact's content.
    static func hash(ofKey key: String) -> [UInt8]? { Hexadecimal.bytes(key, count: OpenSSL.digestByteCount) }
}
