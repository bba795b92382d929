/// Changes to tables that are applied together, with what else the write batch holds. Reads see the changes made so far.
///
/// Only the commit thread makes transactions, so that ids and unique values need no lock.
final class TableTransaction {
    private let store: RocksStore
    /// Whose changes this one sees and adds to; nil for that of a whole commit.
    private let base: TableTransaction?
    /// New values by key; nil for a key that is deleted.
    private var changes: [[UInt8]: [UInt8]?] = [:]
    /// The serial numbers of devices whose rows were changed.
    private(set) var changedDevices: Set<[UInt8]> = []
    /// The names of sessions whose rows were changed, as `SessionRecord.nameKey`.
    private(set) var changedSessions: Set<[UInt8]> = []

    init(_ store: RocksStore) {
        self.store = store
        base = nil
    }

    /// A part of `base` that is made whole by `keep`, or left.
    init(in base: TableTransaction) {
        store = base.store
        self.base = base
    }

    var isEmpty: Bool { changes.isEmpty }

    /// Adds the changes to those of `base`.
    func keep() {
        base?.changes.merge(changes) { $1 }
        changes.removeAll()
    }

    private func value(_ key: [UInt8]) throws(LogError) -> [UInt8]? {
        if let change = changes[key] { return change }
        if let base { return try base.value(key) }
        return try store.value(.tables, key)
    }

    private func note<Record: TableRecord>(_ record: Record) {
        if let device = record as? DeviceRecord { changedDevices.insert(device.dsn) }
        if let session = record as? SessionRecord {
            changedSessions.insert(SessionRecord.nameKey(device: session.device, sessionID: session.sessionID))
        }
    }

    func row<Record: TableRecord>(_ id: UInt64, of table: Record.Type) throws(LogError) -> Record? {
        guard let bytes = try value(TableKeys.row(Record.tableNumber, id)) else { return nil }
        let result: Result<Record, LogError> = bytes.withUnsafeBytes { raw in
            do throws(LogError) { return .success(try Table.decode(raw, id: id)) } catch { return .failure(error) }
        }
        return try result.get()
    }

    /// The row whose unique `index` has `value`.
    func row<Record: TableRecord>(_ index: TableIndex<Record>, _ value: [UInt8]) throws(LogError) -> Record? {
        let key = TableKeys.uniqueEntry(Record.tableNumber, index.number, value)
        guard let id = try self.value(key) else { return nil }
        return try row(try KeyLayout.number(value: id), of: Record.self)
    }

    /// As `Table.ids`, of what is stored: changes made so far are not seen.
    func storedIDs<Record: TableRecord>(
        _ index: TableIndex<Record>, from first: [UInt8], to end: [UInt8], limit: Int
    ) throws(LogError) -> [UInt64] {
        try Table<Record>(store: store).ids(index, from: first, to: end, limit: limit)
    }

    /// As `TableReader.rows`, of what is stored: changes made so far are not seen.
    func storedIDs<Record: TableRecord>(
        _ index: TableIndex<Record>, _ value: [UInt8], limit: Int
    ) throws(LogError) -> [UInt64] {
        try Table<Record>(store: store).ids(index, value, limit: limit)
    }

    /// The row that was added last; nil when there is none, or it was deleted.
    func last<Record: TableRecord>(of table: Record.Type) throws(LogError) -> Record? {
        guard let bytes = try value(TableKeys.nextID(Record.tableNumber)) else { return nil }
        return try row(try KeyLayout.number(value: bytes), of: table)
    }

    /// Adds `record` under a new id.
    ///
    /// - Throws: `.invalidArgument` when a unique value is taken; nothing is changed then.
    func insert<Record: TableRecord>(_ record: Record) throws(LogError) -> Record {
        let key = TableKeys.nextID(Record.tableNumber)
        var last: UInt64 = 0
        if let bytes = try value(key) { last = try KeyLayout.number(value: bytes) }
        var record = record
        record.id = last + 1
        try checkUnique(record, replacing: nil)
        var next = KeyWriter(capacity: 8)
        next.append(record.id)
        changes[key] = next.bytes
        put(record, replacing: nil)
        return record
    }

    /// Replaces the row that has the record's id.
    ///
    /// - Throws: `.invalidArgument` when a unique value is taken; nothing is changed then.
    func update<Record: TableRecord>(_ record: Record, replacing old: Record) throws(LogError) {
        try checkUnique(record, replacing: old)
        put(record, replacing: old)
    }

    private func checkUnique<Record: TableRecord>(_ record: Record, replacing old: Record?) throws(LogError) {
        for index in Record.indexes where index.isUnique {
            guard let after = index.value(record), after != old.flatMap({ index.value($0) }) else { continue }
            if try value(TableKeys.uniqueEntry(Record.tableNumber, index.number, after)) != nil {
                throw LogError(.invalidArgument, "another row of \(Record.tableName) has the same \(index.name)")
            }
        }
    }

    private func put<Record: TableRecord>(_ record: Record, replacing old: Record?) {
        let table = Record.tableNumber
        note(record)
        for index in Record.indexes {
            let before = old.flatMap { index.value($0) }
            let after = index.value(record)
            if before == after { continue }
            if index.isUnique {
                if let before { changes[TableKeys.uniqueEntry(table, index.number, before)] = .some(nil) }
                if let after {
                    var id = KeyWriter(capacity: 8)
                    id.append(record.id)
                    changes[TableKeys.uniqueEntry(table, index.number, after)] = id.bytes
                }
            } else {
                if let before { changes[TableKeys.entry(table, index.number, before, record.id)] = .some(nil) }
                if let after { changes[TableKeys.entry(table, index.number, after, record.id)] = [] }
            }
        }
        changes[TableKeys.row(table, record.id)] = Table.encode(record)
    }

    func delete<Record: TableRecord>(_ record: Record) {
        let table = Record.tableNumber
        note(record)
        for index in Record.indexes {
            guard let value = index.value(record) else { continue }
            let key =
                index.isUnique
                ? TableKeys.uniqueEntry(table, index.number, value)
                : TableKeys.entry(table, index.number, value, record.id)
            changes[key] = .some(nil)
        }
        changes[TableKeys.row(table, record.id)] = .some(nil)
    }

    /// Makes the table's indexes agree with its rows as they are stored.
    ///
    /// - Returns: What they disagreed in.
    func rebuildIndexes<Record: TableRecord>(of table: Record.Type) throws(LogError) -> [String] {
        let findings = try TableCheck.findings(table, store)
        for key in findings.wrongEntries { changes[key] = .some(nil) }
        for (key, value) in findings.missingEntries { changes[key] = value }
        if findings.lastIDIsWrong {
            changes[TableKeys.nextID(Record.tableNumber)] = KeyLayout.number(findings.lastID)
        }
        return findings.problems
    }

    /// Moves the changes into `batch`.
    func apply(to batch: inout WriteBatch) {
        for (key, value) in changes {
            if let value { batch.put(store, .tables, key, value) } else { batch.delete(store, .tables, key) }
        }
        changes.removeAll(keepingCapacity: true)
    }
}
