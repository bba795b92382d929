import LogDB
import LogModel

/// A request with an `Idempotency-Key` that made something, and what it was answered.
struct IdempotencyRecord: TableRecord {
    var id: UInt64 = 0
    /// Of who asked, the route and the key.
    var key: [UInt8]
    /// Of the request's body.
    var bodyHash: [UInt8]
    /// In microseconds since the epoch.
    var created: Int64
    /// The answer; nil where it had a secret, which is not kept on disk.
    var answer: [UInt8]?

    static let tableNumber: UInt8 = 24
    static let tableName = "idempotency"
    static let indexes: [TableIndex<IdempotencyRecord>] = []

    init(key: [UInt8], bodyHash: [UInt8], created: Int64, answer: [UInt8]?) {
        self.key = key
        self.bodyHash = bodyHash
        self.created = created
        self.answer = answer
    }

    func encode(into fields: inout FieldWriter) {
        fields.bytes(1, key)
        fields.bytes(2, bodyHash)
        fields.signed(3, created)
        if let answer { fields.bytes(4, answer) }
    }

    init(id: UInt64, fields: FieldReader) throws(LogError) {
        guard let key = fields.bytes(1) else { throw fields.missing("key") }
        guard let bodyHash = fields.bytes(2) else { throw fields.missing("body hash") }
        self.id = id
        self.key = key
        self.bodyHash = bodyHash
        created = try fields.signed(3) ?? 0
        answer = fields.bytes(4)
    }
}
