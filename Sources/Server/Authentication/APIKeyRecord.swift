import LogDB
import LogModel

/// A key that a machine sends with each request. What is kept is the key's SHA-256: a key has so many random bits that
/// more would protect nothing.
struct APIKeyRecord: TableRecord {
    var id: UInt64 = 0
    var name: String
    var accountID: UInt64
    var hash: [UInt8]
    var scopes: Permissions
    /// Requests; 0 for as many as one likes.
    var perSecondMax: UInt64
    var perDayMax: UInt64
    /// In microseconds since the epoch.
    var created: Int64

    static let tableNumber: UInt8 = 18
    static let tableName = "api_keys"
    static let byHash = TableIndex<APIKeyRecord>(number: 1, name: "hash", isUnique: true) { $0.hash }
    static let byName = TableIndex<APIKeyRecord>(number: 2, name: "name", isUnique: true) {
        Array($0.name.lowercased().utf8)
    }
    static let indexes = [byHash, byName]

    init(
        name: String, accountID: UInt64, hash: [UInt8], scopes: Permissions, perSecondMax: UInt64, perDayMax: UInt64,
        created: Int64
    ) {
        self.name = name
        self.accountID = accountID
        self.hash = hash
        self.scopes = scopes
        self.perSecondMax = perSecondMax
        self.perDayMax = perDayMax
        self.created = created
    }

    func encode(into fields: inout FieldWriter) {
        fields.text(1, name)
        fields.unsigned(2, accountID)
        fields.bytes(3, hash)
        fields.text(4, scopes.names.joined(separator: " "))
        fields.unsigned(5, perSecondMax)
        fields.unsigned(6, perDayMax)
        fields.signed(7, created)
    }

    init(id: UInt64, fields: FieldReader) throws(LogError) {
        guard let name = fields.text(1) else { throw fields.missing("name") }
        guard let accountID = try fields.unsigned(2) else { throw fields.missing("account") }
        guard let hash = fields.bytes(3) else { throw fields.missing("hash") }
        self.id = id
        self.name = name
        self.accountID = accountID
        self.hash = hash
        let scopes = (fields.text(4) ?? "").split(separator: " ").map(String.init)
        // A scope that this build does not know grants nothing.
        self.scopes = Permissions(names: scopes.filter(Permissions.names.contains)) ?? []
        perSecondMax = try fields.unsigned(5) ?? 0
        perDayMax = try fields.unsigned(6) ?? 0
        created = try fields.signed(7) ?? 0
    }
}

/// The text of an API key.
enum APIKeyText {
    static let prefix = "ldb_"
    private static let secretByteCount = 32

    static func make() -> String { prefix + Base64URL.encode(OpenSSL.random(secretByteCount)) }

    static func hash(_ key: some StringProtocol) -> [UInt8] { OpenSSL.sha256(Array(key.utf8)) }
}
