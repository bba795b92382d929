import LogDB

/// An account: users belong to one, and see its devices only. The account `default` has the id 1.
struct AccountRecord: TableRecord {
    var id: UInt64 = 0
    var name: String
    /// In microseconds since the epoch.
    var created: Int64

    static let tableNumber: UInt8 = 16
    static let tableName = "accounts"
    static let byName = TableIndex<AccountRecord>(number: 1, name: "name", isUnique: true) { Array($0.name.utf8) }
    static let indexes = [byName]

    static let defaultName = "default"
    static let defaultID: UInt64 = 1

    init(name: String, created: Int64) {
        self.name = name
        self.created = created
    }

    func encode(into fields: inout FieldWriter) {
        fields.text(1, name)
        fields.signed(2, created)
    }

    init(id: UInt64, fields: FieldReader) throws(LogError) {
        guard let name = fields.text(1) else { throw fields.missing("name") }
        self.id = id
        self.name = name
        created = try fields.signed(2) ?? 0
    }
}
