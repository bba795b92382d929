import LogModel

/// A batch on its way to the commit thread.
struct AppendRequest: Sendable {
    /// Without the rejected entries.
    var batch: Batch
    /// `Staging.encode` of the batch.
    var staged: [UInt8]
    var received: Int64
    var identity: BatchIdentity?
    var contentHash: UInt64
    var rejected: [AppendReceipt.Rejection]
    var isSynced: Bool
    var answer: @Sendable (Result<AppendReceipt, LogError>) -> Void

    /// What the request holds of memory while it waits.
    var heldByteCount: Int { staged.count + batch.byteCount }
}
