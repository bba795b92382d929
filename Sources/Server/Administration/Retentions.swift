public import LogDB
import LogModel

/// Changes of a store's retention policy, with their rows in the audit log.
public struct Retentions: Sendable {
    private let store: LogStore

    public init(_ store: LogStore) { self.store = store }

    /// - Throws: What `LogStore.setRetentionPolicy` throws.
    public func set(_ policy: RetentionPolicy, by author: Identities.Author) async throws(LogError) {
        let detail = String(decoding: RetentionDocument.json(policy, []).bytes, as: UTF8.self)
        try await store.setRetentionPolicy(policy) { (tables) throws(LogError) in
            let event = AuditEvent(
                actor: author.actor, action: "retention.set", target: "store", address: author.address,
                detail: String(detail.prefix(2_048)))
            try AuditLog.append(event, in: tables)
        }
    }
}
