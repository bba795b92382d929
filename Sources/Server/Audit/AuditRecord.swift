import LogDB
import LogModel

/// Something that was done, and who did it. Each row holds the hash of the one before it, so that none can be changed or
/// taken out later without every row after it showing that.
struct AuditRecord: TableRecord {
    var id: UInt64 = 0
    /// In microseconds since the epoch.
    var time: Int64
    /// `user:NAME`, `api_key:NAME`, `command` for one that ran on the data directory, or `nobody`.
    var actor: String
    /// What was done, such as `user.add`.
    var action: String
    /// To whom or what; may be empty.
    var target: String
    var isRefused: Bool
    /// The client's address; empty for a command.
    var address: String
    var detail: String
    /// Of the row before; zeros in the first.
    var previousHash: [UInt8]
    var hash: [UInt8]

    static let tableNumber: UInt8 = 20
    static let tableName = "audit"
    static let indexes: [TableIndex<AuditRecord>] = []
    static let firstPreviousHash = [UInt8](repeating: 0, count: OpenSSL.digestByteCount)

    init(_ event: AuditEvent, at time: Timestamp, after previous: AuditRecord?) {
        id = (previous?.id ?? 0) + 1
        self.time = time.microseconds
        actor = event.actor
        action = event.action
        target = event.target
        isRefused = event.isRefused
        address = event.address
        detail = event.detail
        previousHash = previous?.hash ?? AuditRecord.firstPreviousHash
        hash = []
        hash = expectedHash
    }

    /// Over everything but the hash itself, each text with its length so that no two rows read the same.
    var expectedHash: [UInt8] {
        var bytes = previousHash
        func append(_ number: UInt64) { withUnsafeBytes(of: number.bigEndian) { bytes += $0 } }
        append(id)
        append(UInt64(bitPattern: time))
        append(isRefused ? 1 : 0)
        for text in [actor, action, target, address, detail] {
            append(UInt64(text.utf8.count))
            bytes += text.utf8
        }
        return OpenSSL.sha256(bytes)
    }

    func encode(into fields: inout FieldWriter) {
        fields.signed(1, time)
        fields.text(2, actor)
        fields.text(3, action)
        fields.text(4, target)
        fields.unsigned(5, isRefused ? 1 : 0)
        fields.text(6, address)
        fields.text(7, detail)
        fields.bytes(8, previousHash)
        fields.bytes(9, hash)
    }

    init(id: UInt64, fields: FieldReader) throws(LogError) {
        guard let previousHash = fields.bytes(8), let hash = fields.bytes(9) else { throw fields.missing("hash") }
        self.id = id
        time = try fields.signed(1) ?? 0
        actor = fields.text(2) ?? ""
        action = fields.text(3) ?? ""
        target = fields.text(4) ?? ""
        isRefused = try fields.unsigned(5) == 1
        address = fields.text(6) ?? ""
        detail = fields.text(7) ?? ""
        self.previousHash = previousHash
        self.hash = hash
    }
}

/// What is to be written down.
struct AuditEvent: Sendable {
    var actor: String
    var action: String
    var target = ""
    var isRefused = false
    var address = ""
    var detail = ""
}
