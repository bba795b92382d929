import LogDB

/// A user who signed in and has not signed out: the family of refresh tokens that follow each other.
struct SignInRecord: TableRecord {
    var id: UInt64 = 0
    var userID: UInt64
    /// Of the refresh token that is good now; those before it were used.
    var generation: UInt64 = 1
    /// In microseconds since the epoch.
    var created: Int64
    var refreshed: Int64
    var expires: Int64

    static let tableNumber: UInt8 = 19
    static let tableName = "sign_ins"
    static let byUser = TableIndex<SignInRecord>(number: 1, name: "user", isUnique: false) { record in
        withUnsafeBytes(of: record.userID.bigEndian) { Array($0) }
    }
    static let indexes = [byUser]

    init(userID: UInt64, created: Int64, expires: Int64) {
        self.userID = userID
        self.created = created
        self.refreshed = created
        self.expires = expires
    }

    func encode(into fields: inout FieldWriter) {
        fields.unsigned(1, userID)
        fields.unsigned(2, generation)
        fields.signed(3, created)
        fields.signed(4, refreshed)
        fields.signed(5, expires)
    }

    init(id: UInt64, fields: FieldReader) throws(LogError) {
        guard let userID = try fields.unsigned(1) else { throw fields.missing("user") }
        self.id = id
        self.userID = userID
        generation = try fields.unsigned(2) ?? 1
        created = try fields.signed(3) ?? 0
        refreshed = try fields.signed(4) ?? created
        expires = try fields.signed(5) ?? 0
    }
}
