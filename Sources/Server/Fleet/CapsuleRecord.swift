import LogDB

/// A capsule: what a device is to be, and the token with which it registers, once. Of the token only a hash is kept.
struct CapsuleRecord: TableRecord {
    var id: UInt64 = 0
    var dsn: [UInt8]
    var accountID: UInt64
    /// The user who had it made; 0 where it was no user.
    var ownerID: UInt64
    var type: DeviceType
    var environment: DeviceEnvironment
    /// JSON; empty without.
    var composition: String
    /// In microseconds since the epoch, as all times.
    var created: Int64
    /// SHA-256 of the token.
    var tokenHash: [UInt8]
    var tokenExpires: Int64
    /// When the token was used; nil before.
    var tokenUsed: Int64?
    /// The certificate that was given for it.
    var certificateID: UInt64 = 0

    static let tableNumber: UInt8 = 27
    static let tableName = "capsules"
    static let byToken = TableIndex<CapsuleRecord>(number: 1, name: "token", isUnique: true) { $0.tokenHash }
    static let byDSN = TableIndex<CapsuleRecord>(number: 2, name: "dsn", isUnique: false) { $0.dsn }
    static let indexes = [byToken, byDSN]

    init(
        dsn: [UInt8], accountID: UInt64, ownerID: UInt64, type: DeviceType, environment: DeviceEnvironment,
        composition: String, created: Int64, tokenHash: [UInt8], tokenExpires: Int64
    ) {
        self.dsn = dsn
        self.accountID = accountID
        self.ownerID = ownerID
        self.type = type
        self.environment = environment
        self.composition = composition
        self.created = created
        self.tokenHash = tokenHash
        self.tokenExpires = tokenExpires
    }

    func encode(into fields: inout FieldWriter) {
        fields.bytes(1, dsn)
        fields.unsigned(2, accountID)
        fields.unsigned(3, ownerID)
        fields.unsigned(4, UInt64(type.rawValue))
        fields.unsigned(5, UInt64(environment.rawValue))
        if !composition.isEmpty { fields.text(6, composition) }
        fields.signed(7, created)
        fields.bytes(8, tokenHash)
        fields.signed(9, tokenExpires)
        if let tokenUsed { fields.signed(10, tokenUsed) }
        if certificateID != 0 { fields.unsigned(11, certificateID) }
    }

    init(id: UInt64, fields: FieldReader) throws(LogError) {
        guard let dsn = fields.bytes(1) else { throw fields.missing("dsn") }
        guard let accountID = try fields.unsigned(2) else { throw fields.missing("account") }
        guard let tokenHash = fields.bytes(8) else { throw fields.missing("token") }
        self.id = id
        self.dsn = dsn
        self.accountID = accountID
        ownerID = try fields.unsigned(3) ?? 0
        type = try fields.choice(4) ?? .other
        environment = try fields.choice(5) ?? .testing
        composition = fields.text(6) ?? ""
        created = try fields.signed(7) ?? 0
        self.tokenHash = tokenHash
        tokenExpires = try fields.signed(9) ?? 0
        tokenUsed = try fields.signed(10)
        certificateID = try fields.unsigned(11) ?? 0
    }
}
