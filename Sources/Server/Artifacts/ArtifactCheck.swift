import LogDB
import ObjectStore

/// Whether artifacts, their contents, the accounts' usage and the objects agree.
enum ArtifactCheck {
    private static let keysPerPage = 1_000

    /// - Parameters:
    ///   - isBusy: Whether the content with that hash is being stored or removed.
    /// - Returns: A sentence for each contradiction; empty when there is none.
    static func problems(
        _ store: LogStore, _ objects: any ObjectStore, isBusy: @escaping @Sendable ([UInt8]) -> Bool
    ) async throws(LogError) -> [String] {
        // Objects first: one that is there and not being stored has its row in what is read after.
        let keys = try await store.readTables { (_) throws(LogError) in listed(objects, isBusy) }
        guard let keys else { throw LogError(.io, "the artifacts' objects cannot be listed") }
        let (found, suspects) = try await store.readTables {
            (reader) throws(LogError) -> ([String], [ArtifactContent]) in
            let (missing, unreadable) = try missing(reader, objects, isBusy)
            return (try counts(reader) + stray(keys, reader) + unreadable, missing)
        }
        // What is missing may have been removed with its row meanwhile.
        let lost = try await store.readTables { (reader) throws(LogError) -> [String] in
            var lost: [String] = []
            for content in suspects where try reader.row(content.id, of: ArtifactContent.self) != nil {
                lost.append(
                    "the content \(content.key) of \(content.referenceCount) artifacts has no object, or not all of it; "
                        + "it is forgotten after an hour")
            }
            return lost
        }
        return found + lost
    }

    private static func counts(_ reader: TableReader) throws(LogError) -> [String] {
        var problems: [String] = []
        var references: [UInt64: UInt64] = [:]
        var usage: [UInt64: (bytes: UInt64, count: UInt64)] = [:]
        try reader.forEach(of: ArtifactRecord.self) { (artifact) throws(LogError) in
            references[artifact.contentID, default: 0] += 1
            usage[artifact.accountID, default: (0, 0)].bytes += artifact.byteCount
            usage[artifact.accountID, default: (0, 0)].count += 1
            return true
        }
        try reader.forEach(of: ArtifactContent.self) { (content) throws(LogError) in
            let count = references.removeValue(forKey: content.id) ?? 0
            if count != content.referenceCount {
                problems.append(
                    "\(count) artifacts have the content \(content.key), and it counts \(content.referenceCount)")
            }
            return true
        }
        for id in references.keys.sorted() { problems.append("an artifact has the content \(id), which has no row") }
        try reader.forEach(of: ArtifactUsage.self) { (row) throws(LogError) in
            let used = usage.removeValue(forKey: row.accountID) ?? (0, 0)
            if used != (row.byteCount, row.artifactCount) {
                problems.append(
                    "account \(row.accountID) has \(used.count) artifacts of \(used.bytes) bytes, and \(row.artifactCount) of "
                        + "\(row.byteCount) are counted")
            }
            return true
        }
        for account in usage.keys.sorted() { problems.append("the artifacts of account \(account) are not counted") }
        return problems
    }

    /// Contents without an object of their size.
    private static func missing(
        _ reader: TableReader, _ objects: any ObjectStore, _ isBusy: ([UInt8]) -> Bool
    ) throws(LogError) -> (missing: [ArtifactContent], unreadable: [String]) {
        var missing: [ArtifactContent] = []
        var unreadable: [String] = []
        try reader.forEach(of: ArtifactContent.self) { (content) throws(LogError) in
            do throws(ObjectStoreError) {
                let byteCount = try objects.byteCount(of: content.key)
                if byteCount != content.byteCount, !isBusy(content.hash) { missing.append(content) }
            } catch {
                // It may be there all the same.
                unreadable.append("the content \(content.key) cannot be read: \(error.message)")
            }
            return true
        }
        return (missing, unreadable)
    }

    /// The keys of objects that nobody is storing; nil where they cannot be listed.
    private static func listed(_ objects: any ObjectStore, _ isBusy: ([UInt8]) -> Bool) -> [String]? {
        var listed: [String] = []
        var after: String?
        while true {
            guard let keys = try? objects.keys(after: after, limit: keysPerPage) else { return nil }
            listed += keys.filter { key in !(ArtifactContent.hash(ofKey: key).map { isBusy($0) } ?? false) }
            guard keys.count == keysPerPage else { return listed }
            after = keys.last
        }
    }

    private static func stray(_ keys: [String], _ reader: TableReader) throws(LogError) -> [String] {
        var problems: [String] = []
        for key in keys {
            guard let hash = ArtifactContent.hash(ofKey: key) else {
                problems.append("the object \(key) is no artifact's")
                continue
            }
            if try reader.row(ArtifactContent.byHash, hash) == nil {
                problems.append("the object \(key) has no row; it is removed after an hour")
            }
        }
        return problems
    }
}
