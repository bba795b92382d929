public import LogModel

extension Quarantine {
    /// A refused batch as it is shown.
    public struct Batch: Sendable {
        public let id: UInt64
        public let received: Timestamp
        /// Who sent it, as the audit log names it.
        public let sender: String
        public let address: String
        /// Of the batch: by the client's certificate, else by its head. Empty where neither says.
        public let device: String
        public let contentType: String
        public let contentEncoding: String
        public let byteCount: UInt64
        /// What the sender was answered.
        public let status: Int
        public let code: String
        public let detail: String
        /// Entries that were refused; 0 where the batch as a whole cannot be read.
        public let refusedCount: UInt64
        /// The first of the reasons, as a JSON array of objects.
        public let errors: String
        /// How often it was replayed and still refused.
        public let replayCount: UInt64

        init(_ record: QuarantineRecord) {
            id = record.id
            received = Timestamp(microseconds: record.received)
            sender = record.sender
            address = record.address
            device = record.certifiedDevice.isEmpty ? record.device : record.certifiedDevice
            contentType = record.contentType
            contentEncoding = record.contentEncoding
            byteCount = record.byteCount
            status = Int(record.status)
            code = record.code
            detail = record.detail
            refusedCount = record.refusedCount
            errors = record.errors
            replayCount = record.replayCount
        }
    }
}

/// Why a batch of the quarantine was not shown, replayed or removed.
public struct QuarantineError: Error, Sendable, CustomStringConvertible {
    /// One sentence for a person.
    public let message: String
    public var description: String { message }

    init(_ message: String) { self.message = message }

    static func unknown(_ id: UInt64) -> QuarantineError {
        QuarantineError(
            "there is no batch \(id) in the quarantine; it may have been replayed, removed or pushed out")
    }
}
