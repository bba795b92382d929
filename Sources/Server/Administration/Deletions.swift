public import LogDB
public import LogModel

/// Deletions of a store, with their rows in the audit log.
public struct Deletions: Sendable {
    private let store: LogStore

    public init(_ store: LogStore) { self.store = store }

    /// Makes entries gone from every answer; `LogStore.purgeDeleted` takes them off the disk.
    ///
    /// - Parameter query: What was asked for, as it was written.
    public func delete(
        _ filter: Filter, range: TimeRange, query: String, by author: Identities.Author
    ) async throws(LogError) -> Deletion {
        try await store.delete(filter, range: range, query: query, author: author.actor) {
            (tables, deletion) throws(LogError) in
            let event = AuditEvent(
                actor: author.actor, action: "logs.delete", target: "deletion \(deletion.id)", address: author.address,
                detail: "\(deletion.hiddenCount) entries: \(query.prefix(byteCount: 1_024))")
            try AuditLog.append(event, in: tables)
        }
    }
}
