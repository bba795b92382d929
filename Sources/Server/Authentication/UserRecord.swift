import LogDB

/// Somebody who signs in with a name and a password.
struct UserRecord: TableRecord {
    var id: UInt64 = 0
    var name: String
    var accountID: UInt64
    var role: Role
    var password: PasswordHash
    /// In microseconds since the epoch.
    var created: Int64

    static let tableNumber: UInt8 = 17
    static let tableName = "users"
    /// Without case: two names that a person takes for the same are not both given.
    static let byName = TableIndex<UserRecord>(number: 1, name: "name", isUnique: true) {
        Array($0.name.lowercased().utf8)
    }
    static let indexes = [byName]

    init(name: String, accountID: UInt64, role: Role, password: PasswordHash, created: Int64) {
        self.name = name
        self.accountID = accountID
        self.role = role
        self.password = password
        self.created = created
    }

    func encode(into fields: inout FieldWriter) {
        fields.text(1, name)
        fields.unsigned(2, accountID)
        fields.text(3, role.rawValue)
        fields.text(4, password.text)
        fields.signed(5, created)
    }

    init(id: UInt64, fields: FieldReader) throws(LogError) {
        guard let name = fields.text(1) else { throw fields.missing("name") }
        guard let accountID = try fields.unsigned(2) else { throw fields.missing("account") }
        // A role that this build does not know must not become more than it was.
        guard let role = fields.text(3).flatMap({ Role(rawValue: $0) }) else { throw fields.missing("role") }
        guard let password = fields.text(4) else { throw fields.missing("password") }
        self.id = id
        self.name = name
        self.accountID = accountID
        self.role = role
        self.password = PasswordHash(stored: password)
        created = try fields.signed(5) ?? 0
    }
}
