@testable import LogDB

/// A row of a table that only tests have: an index of each kind.
struct PartRecord: TableRecord {
    var id: UInt64 = 0
    /// Unique.
    var code: [UInt8]
    /// Unique where there is one.
    var slot: UInt64?
    var group: [UInt8]?

    static let tableNumber: UInt8 = 200
    static let tableName = "parts"
    static let byGroup = TableIndex<PartRecord>(number: 1, name: "group", isUnique: false) { $0.group }
    static let byCode = TableIndex<PartRecord>(number: 2, name: "code", isUnique: true) { $0.code }
    static let bySlot = TableIndex<PartRecord>(number: 254, name: "slot", isUnique: true) {
        $0.slot.map { KeyLayout.staging($0) }
    }
    static let indexes = [byGroup, byCode, bySlot]

    init(_ code: String, slot: UInt64? = nil, group: String? = nil) {
        self.code = Array(code.utf8)
        self.slot = slot
        self.group = group.map { Array($0.utf8) }
    }

    func encode(into fields: inout FieldWriter) {
        fields.bytes(1, code)
        if let slot { fields.unsigned(2, slot) }
        if let group { fields.bytes(200, group) }
    }

    init(id: UInt64, fields: FieldReader) throws(LogError) {
        guard let code = fields.bytes(1) else { throw fields.missing("code") }
        self.id = id
        self.code = code
        slot = try fields.unsigned(2)
        group = fields.bytes(200)
    }
}
