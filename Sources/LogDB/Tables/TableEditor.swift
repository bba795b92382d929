/// Changes tables within one call of `LogStore.editTables`. Reads by id and by a unique index see the changes made so far.
public final class TableEditor {
    private let transaction: TableTransaction

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

    /// The ids of rows whose value in the unique `index` lies from `first` on and before `end`, in the index's order: of
    /// what is stored, so that `row` must be asked whether they still are.
    public func ids<Record: TableRecord>(
        _ index: TableIndex<Record>, from first: [UInt8], to end: [UInt8], limit: Int
    ) throws(LogError) -> [UInt64] {
        try transaction.storedIDs(index, from: first, to: end, limit: limit)
    }

    /// The ids of rows whose `index`, which is not unique, has `value`, in order: of what is stored, as above.
    public func ids<Record: TableRecord>(
        _ index: TableIndex<Record>, _ value: [UInt8], limit: Int = .max
    ) throws(LogError) -> [UInt64] {
        try transaction.storedIDs(index, value, limit: limit)
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
        return try transaction.insert(record)
    }

    /// Puts `record` in place of `old`, which is the row as it is stored.
    ///
    /// - Throws: `.invalidArgument` when a unique value is taken; nothing is changed then.
    public func update<Record: TableRecord>(_ record: Record, replacing old: Record) throws(LogError) {
        try transaction.update(record, replacing: old)
    }

    /// Removes the row as it is stored. Its id is not given again.
    public func delete<Record: TableRecord>(_ record: Record) throws(LogError) { transaction.delete(record) }

    /// Makes the table's indexes agree with its rows, as both are stored. To be called alone.
    ///
    /// - Returns: A sentence for each contradiction, those that remain among them: a row that does not read has no entries.
    public func rebuildIndexes<Record: TableRecord>(of table: Record.Type) throws(LogError) -> [String] {
        try transaction.rebuildIndexes(of: table)
    }
}
