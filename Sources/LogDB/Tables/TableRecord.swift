/// A row of a typed table, kept in the same key-value store as the logs so that both change in one commit.
public protocol TableRecord: Sendable, Equatable {
    /// The table's number in keys. Never reused.
    static var tableNumber: UInt8 { get }
    static var tableName: String { get }
    static var indexes: [TableIndex<Self>] { get }

    /// Given by the table when the row is first put; 0 before.
    var id: UInt64 { get set }

    func encode(into fields: inout FieldWriter)
    init(id: UInt64, fields: FieldReader) throws(LogError)
}

/// A secondary index: rows by a value computed from them.
public struct TableIndex<Record: TableRecord>: Sendable {
    /// 1 to 254. Never reused within the table.
    public let number: UInt8
    public let name: String
    /// Whether two rows may not have the same value.
    public let isUnique: Bool
    /// The row's value, in bytes whose order is the index's; nil keeps the row out of the index.
    public let value: @Sendable (Record) -> [UInt8]?

    public init(number: UInt8, name: String, isUnique: Bool, value: @escaping @Sendable (Record) -> [UInt8]?) {
        self.number = number
        self.name = name
        self.isUnique = isUnique
        self.value = value
    }
}
