import LogDB
import LogModel

/// A batch that ingesting refused, or one of which it refused some entries: what is known of it, without what it held.
struct QuarantineRecord: TableRecord {
    var id: UInt64 = 0
    /// In microseconds since the epoch.
    var received: Int64
    var accountID: UInt64
    /// Who sent it, as the audit log names it.
    var sender: String
    /// The client's.
    var address: String
    /// Of the client's certificate; empty without one.
    var certifiedDevice: String
    /// As `X-Batch-Device`, `X-Batch-Boot` and `X-Batch-Seq` had them; empty without them.
    var device: String
    var boot: String
    var sequence: String
    /// As `X-Batch-Clock-Offset` had it; empty without it.
    var clockOffset: String
    var contentType: String
    var contentEncoding: String
    /// Bytes as they were received; of lines that were kept apart from the good ones, theirs.
    var byteCount: UInt64
    /// What it takes of the quarantine.
    var storedByteCount: UInt64
    /// Tells a batch that was sent again from others.
    var fingerprint: UInt64
    /// What the sender was answered.
    var status: UInt64
    var code: String
    var detail: String
    /// Entries that were refused; 0 where the batch as a whole cannot be read.
    var refusedCount: UInt64
    /// The first of the reasons, as a JSON array of objects.
    var errors: String
    /// How often it was replayed and still refused.
    var replayCount: UInt64 = 0

    static let tableNumber: UInt8 = 21
    static let tableName = "quarantine"
    static let indexes: [TableIndex<QuarantineRecord>] = []

    init(
        _ refusal: Refusal, received: Timestamp, byteCount: Int, storedByteCount: Int, fingerprint: UInt64
    ) {
        self.received = received.microseconds
        accountID = refusal.sender.accountID
        sender = refusal.sender.name
        address = refusal.sender.address
        certifiedDevice = refusal.batch.device ?? ""
        device = refusal.batch.labels.device ?? ""
        boot = refusal.batch.labels.boot ?? ""
        sequence = refusal.batch.labels.sequence ?? ""
        clockOffset = refusal.batch.labels.clockOffset ?? ""
        contentType = refusal.batch.format.mediaType
        contentEncoding = refusal.batch.coding.rawValue
        self.byteCount = UInt64(byteCount)
        self.storedByteCount = UInt64(storedByteCount)
        self.fingerprint = fingerprint
        status = UInt64(refusal.status)
        code = refusal.code
        detail = refusal.detail
        refusedCount = UInt64(refusal.refusedCount)
        errors = refusal.errorsJSON
    }

    func encode(into fields: inout FieldWriter) {
        fields.signed(1, received)
        fields.unsigned(2, accountID)
        fields.text(3, sender)
        fields.text(4, address)
        fields.text(5, certifiedDevice)
        fields.text(6, device)
        fields.text(7, boot)
        fields.text(8, sequence)
        fields.text(9, contentType)
        fields.text(10, contentEncoding)
        fields.unsigned(11, byteCount)
        fields.unsigned(12, storedByteCount)
        fields.unsigned(13, fingerprint)
        fields.unsigned(14, status)
        fields.text(15, code)
        fields.text(16, detail)
        fields.unsigned(17, refusedCount)
        fields.text(18, errors)
        fields.unsigned(19, replayCount)
        fields.text(20, clockOffset)
    }

    init(id: UInt64, fields: FieldReader) throws(LogError) {
        self.id = id
        received = try fields.signed(1) ?? 0
        accountID = try fields.unsigned(2) ?? 0
        sender = fields.text(3) ?? ""
        address = fields.text(4) ?? ""
        certifiedDevice = fields.text(5) ?? ""
        device = fields.text(6) ?? ""
        boot = fields.text(7) ?? ""
        sequence = fields.text(8) ?? ""
        contentType = fields.text(9) ?? ""
        contentEncoding = fields.text(10) ?? ""
        byteCount = try fields.unsigned(11) ?? 0
        storedByteCount = try fields.unsigned(12) ?? 0
        fingerprint = try fields.unsigned(13) ?? 0
        status = try fields.unsigned(14) ?? 0
        code = fields.text(15) ?? ""
        detail = fields.text(16) ?? ""
        refusedCount = try fields.unsigned(17) ?? 0
        errors = fields.text(18) ?? "[]"
        replayCount = try fields.unsigned(19) ?? 0
        clockOffset = fields.text(20) ?? ""
    }
}

/// What a quarantined batch held; under the id of its `QuarantineRecord`, apart from it so that listing reads none of it.
struct QuarantineContent: TableRecord {
    var id: UInt64 = 0
    /// As received, then as a zstd frame.
    var compressed: [UInt8] = []
    /// Positions in the body of the entries that were refused, in order; empty: all.
    var refused: [Int] = []

    static let tableNumber: UInt8 = 22
    static let tableName = "quarantine_contents"
    static let indexes: [TableIndex<QuarantineContent>] = []

    init(id: UInt64 = 0, compressed: [UInt8] = [], refused: [Int] = []) {
        self.id = id
        self.compressed = compressed
        self.refused = refused
    }

    func encode(into fields: inout FieldWriter) {
        fields.bytes(1, compressed)
        if !refused.isEmpty { fields.bytes(2, QuarantineContent.pack(refused)) }
    }

    init(id: UInt64, fields: FieldReader) throws(LogError) {
        guard let compressed = fields.bytes(1) else { throw fields.missing("content") }
        self.id = id
        self.compressed = compressed
        refused = fields.bytes(2).map { QuarantineContent.unpack($0) } ?? []
    }

    /// Each position as u32, little-endian.
    private static func pack(_ positions: [Int]) -> [UInt8] {
        positions.flatMap { position in withUnsafeBytes(of: UInt32(position).littleEndian) { Array($0) } }
    }

    private static func unpack(_ bytes: [UInt8]) -> [Int] {
        stride(from: 0, to: bytes.count - bytes.count % 4, by: 4).map { start in
            (0..<4).reduce(0) { $0 | Int(bytes[start + $1]) << (8 * $1) }
        }
    }
}

/// What the quarantine has lost since it was first used: one row.
struct QuarantineState: TableRecord {
    var id: UInt64 = 0
    /// Batches that were pushed out by newer ones, or never fitted.
    var evictedCount: UInt64 = 0

    static let tableNumber: UInt8 = 23
    static let tableName = "quarantine_state"
    static let indexes: [TableIndex<QuarantineState>] = []

    init() {}

    func encode(into fields: inout FieldWriter) { fields.unsigned(1, evictedCount) }

    init(id: UInt64, fields: FieldReader) throws(LogError) {
        self.id = id
        evictedCount = try fields.unsigned(1) ?? 0
    }
}
