/// Changes tables beside those of the logs, within one call of `LogStore.editTables`. Reads by id and by a unique index
/// see the changes made so far.
public final class TableEditor {
    private let transaction: TableTransaction

    /// Tables with a smaller number belong to the commit thread, which changes them with the logs.
    static let firstTableNumber: UInt8 = 16

    init(_ transaction: TableTransaction) { self.transaction = transaction }

    public func row<Record: TableRecord>(_ id: UInt64, of table: Record.Type) throws(LogError) -> Record? {
        try transaction.row(id, of: table)
    }

    /// The row whose unique `index` has `value`.
    public func row<Record: TableRecord>(
        _ index: TableIndex<Record>, _ value: [UInt8]
    ) throws(LogError) -> Record? {
        try transaction.row(index, value)
    }

    /// The row that was added last; nil when there is none, or it was deleted.
    public func last<Record: TableRecord>(of table: Record.Type) throws(LogError) -> Record? {
        try transaction.last(of: table)
    }

    /// Adds `record` under a new id.
    ///
    /// - Throws: `.invalidArgument` when a unique value is taken; nothing is changed then.
    @discardableResult
    public func insert<Record: TableRecord>(_ record: Record) throws(LogError) -> Record {
        try check(Record.self)
        return try transaction.insert(record)
    }

    /// Puts `record` in place of `old`, which is the row as it is stored.
    ///
    /// - Throws: `.invalidArgument` when a unique value is taken; nothing is changed then.
    public func update<Record: TableRecord>(_ record: Record, replacing old: Record) throws(LogError) {
        try check(Record.self)
        try transaction.update(record, replacing: old)
    }

    /// Removes the row as it is stored. Its id is not given again.
    public func delete<Record: TableRecord>(_ record: Record) throws(LogError) {
        try check(Record.self)
        transaction.delete(record)
    }

    private func check<Record: TableRecord>(_ table: Record.Type) throws(LogError) {
        guard Record.tableNumber >= TableEditor.firstTableNumber else {
            throw LogError(.invalidArgument, "the table \(Record.tableName) changes with the logs only")
        }
    }
}
