/// A batch that waits to be uploaded, by its number: the bytes are with whoever keeps them.
public struct UploadBatch: Sendable, Hashable {
    /// Counts up from 1 within a boot. The same number always means the same bytes.
    public var sequence: UInt64
    public var entryCount: Int
    /// The boot that the sequence belongs to; nil for the target's.
    public var boot: String?

    public init(sequence: UInt64, entryCount: Int, boot: String? = nil) {
        self.sequence = sequence
        self.entryCount = entryCount
        self.boot = boot
    }
}

/// What the server said about a batch that it took.
public struct UploadReceipt: Sendable, Hashable {
    public var acceptedCount: Int
    public var duplicateCount: Int
    /// Entries that the server refused although it took the batch.
    public var rejectedCount: Int
    /// The server's reasons for those, for a person.
    public var rejectionDetail: String
    /// The last sequence of the boot up to which the server misses none; nil where it has not even the first.
    public var acknowledgedThrough: UInt64?

    public init(
        acceptedCount: Int = 0, duplicateCount: Int = 0, rejectedCount: Int = 0, rejectionDetail: String = "",
        acknowledgedThrough: UInt64? = nil
    ) {
        self.acceptedCount = acceptedCount
        self.duplicateCount = duplicateCount
        self.rejectedCount = rejectedCount
        self.rejectionDetail = rejectionDetail
        self.acknowledgedThrough = acknowledgedThrough
    }
}

/// An answer to one attempt, as far as the machine needs to know it.
public struct UploadAnswer: Sendable, Hashable {
    public var status: Int
    /// Present where the body is the ingest route's receipt.
    public var receipt: UploadReceipt?
    /// From `Retry-After`, where the server gave one in seconds.
    public var retryAfter: Duration?
    /// The server's words, for a person.
    public var detail: String

    public init(status: Int, receipt: UploadReceipt? = nil, retryAfter: Duration? = nil, detail: String = "") {
        self.status = status
        self.receipt = receipt
        self.retryAfter = retryAfter
        self.detail = detail
    }
}
