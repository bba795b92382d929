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
        try await store.readTables { (reader) throws(LogError) in
            var problems = try counts(reader)
            do {
                problems += try lost(reader, objects, isBusy)
                problems += try stray(reader, objects, isBusy)
            } catch let error as LogError {
                throw error
            } catch {
                problems.append("the artifacts' objects cannot be read: \(error)")
            }
            return problems
        }
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

    private static func lost(
        _ reader: TableReader, _ objects: any ObjectStore, _ isBusy: ([UInt8]) -> Bool
    ) throws -> [String] {
        var contents: [ArtifactContent] = []
        try reader.forEach(of: ArtifactContent.self) { (content) throws(LogError) in
            contents.append(content)
            return true
        }
        var problems: [String] = []
        for content in contents where !isBusy(content.hash) {
            let byteCount = try objects.byteCount(of: content.key)
            if byteCount == content.byteCount { continue }
            // It may have been removed since.
            guard try reader.row(content.id, of: ArtifactContent.self) != nil else { continue }
            problems.append(
                "the content \(content.key) of \(content.referenceCount) artifacts "
                    + (byteCount == nil ? "has no object" : "is not whole") + "; it is forgotten after an hour")
        }
        return problems
    }

    private static func stray(
        _ reader: TableReader, _ objects: any ObjectStore, _ isBusy: ([UInt8]) -> Bool
    ) throws -> [String] {
        var problems: [String] = []
        var after: String?
        while true {
            let keys = try objects.keys(after: after, limit: keysPerPage)
            for key in keys {
                guard let hash = ArtifactContent.hash(ofKey: key) else {
                    problems.append("the object \(key) is no artifact's")
                    continue
                }
                if isBusy(hash) { continue }
                if try reader.row(ArtifactContent.byHash, hash) == nil, try objects.byteCount(of: key) != nil {
                    problems.append("the object \(key) has no row; it is removed after an hour")
                }
            }
            guard keys.count == keysPerPage else { return problems }
            after = keys.last
        }
    }
}
