/// Reads tables beside those of the logs, within one call of `LogStore.readTables`.
public struct TableReader: Sendable {
    let store: RocksStore
    /// All reads see the tables as they were then.
    let snapshot: RocksSnapshot

    init(_ store: RocksStore) {
        self.store = store
        snapshot = store.snapshot()
    }

    func table<Record: TableRecord>(_ record: Record.Type) -> Table<Record> { Table(store: store, snapshot: snapshot) }

    public func row<Record: TableRecord>(_ id: UInt64, of table: Record.Type) throws(LogError) -> Record? {
        try self.table(Record.self).row(id)
    }

    /// The row whose unique `index` has `value`.
    public func row<Record: TableRecord>(
        _ index: TableIndex<Record>, _ value: [UInt8]
    ) throws(LogError) -> Record? {
        try table(Record.self).row(index, value)
    }

    /// The rows whose `index`, which is not unique, has `value`, by id.
    public func rows<Record: TableRecord>(
        _ index: TableIndex<Record>, _ value: [UInt8]
    ) throws(LogError) -> [Record] {
        try table(Record.self).rows(index, value)
    }

    /// The ids of rows whose `index`, which is not unique, has `value`, in order.
    public func ids<Record: TableRecord>(
        _ index: TableIndex<Record>, _ value: [UInt8]
    ) throws(LogError) -> [UInt64] {
        try table(Record.self).ids(index, value)
    }

    /// The ids of rows whose value in the unique `index` lies from `first` on and before `end`, in the index's order.
    public func ids<Record: TableRecord>(
        _ index: TableIndex<Record>, from first: [UInt8], to end: [UInt8], limit: Int
    ) throws(LogError) -> [UInt64] {
        try table(Record.self).ids(index, from: first, to: end, limit: limit)
    }

    /// The rows by id, from `first` on, until `body` returns false.
    public func forEach<Record: TableRecord>(
        of table: Record.Type, from first: UInt64 = 0, _ body: (Record) throws(LogError) -> Bool
    ) throws(LogError) {
        let end = KeyLayout.end(of: [Record.tableNumber, TableKeys.rows])
        try store.forEach(.tables, from: TableKeys.row(Record.tableNumber, first), to: end, in: snapshot) {
            (key, value) throws(LogError) in
            try body(try Table<Record>.decode(value, id: try KeyLayout.number(key)))
        }
    }

    /// The last id that the table gave; 0 when it gave none.
    public func lastID<Record: TableRecord>(of table: Record.Type) throws(LogError) -> UInt64 {
        guard let bytes = try store.value(.tables, TableKeys.nextID(Record.tableNumber), in: snapshot) else { return 0 }
        return try KeyLayout.number(value: bytes)
    }

    /// Compares the table with its indexes.
    ///
    /// - Returns: A sentence for each contradiction; empty when there is none.
    public func problems<Record: TableRecord>(of table: Record.Type) throws(LogError) -> [String] {
        try TableCheck.problems(table, store)
    }
}
