/// What `append` answers.
public struct AppendReceipt: Sendable, Equatable {
    /// Entries that are now durable and visible.
    public var accepted: Int
    /// Entries that had been stored before, by the batch's identity.
    public var duplicates: Int
    /// Entries that were refused, with their index in the batch.
    public var rejected: [Rejection]
    /// The last of the boot's sequences received without a gap; nil without an identity, or while the first is missing.
    public var acknowledgedThrough: UInt64?

    public struct Rejection: Sendable, Equatable {
        public var index: Int
        /// `expired`: older than the retention rule keeps.
        public var code: String
        public var detail: String
    }
}
