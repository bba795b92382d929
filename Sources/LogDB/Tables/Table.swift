/// Reads rows of one table. Blocks on the disk: call from the engine's threads.
struct Table<Record: TableRecord>: Sendable {
    let store: RocksStore
    /// As it is now without one.
    var snapshot: RocksSnapshot?

    func row(_ id: UInt64) throws(LogError) -> Record? {
        try store.withValue(.tables, TableKeys.row(Record.tableNumber, id), in: snapshot) { (bytes) throws(LogError) in
            guard let bytes else { return nil }
            return try Table.decode(bytes, id: id)
        }
    }

    /// The row whose unique `index` has `value`.
    func row(_ index: TableIndex<Record>, _ value: [UInt8]) throws(LogError) -> Record? {
        let key = TableKeys.uniqueEntry(Record.tableNumber, index.number, value)
        guard let id = try store.value(.tables, key, in: snapshot) else { return nil }
        return try row(try KeyLayout.number(value: id))
    }

    /// The rows whose `index` has `value`, by id.
    func rows(_ index: TableIndex<Record>, _ value: [UInt8]) throws(LogError) -> [Record] {
        let prefix = TableKeys.entryPrefix(Record.tableNumber, index.number, value)
        var ids: [UInt64] = []
        try store.forEach(.tables, from: prefix, to: KeyLayout.end(of: prefix), in: snapshot) {
            (key, _) throws(LogError) in
            ids.append(try KeyLayout.number(key))
            return true
        }
        var records: [Record] = []
        for id in ids {
            if let record = try row(id) { records.append(record) }
        }
        return records
    }

    /// The ids of rows whose value in the unique `index` lies from `first` on and before `end`, in the index's order.
    func ids(
        _ index: TableIndex<Record>, from first: [UInt8], to end: [UInt8], limit: Int
    ) throws(LogError) -> [UInt64] {
        var ids: [UInt64] = []
        guard limit > 0 else { return ids }
        let prefix = [Record.tableNumber, index.number]
        try store.forEach(.tables, from: prefix + first, to: prefix + end, in: snapshot) {
            (_, value) throws(LogError) in
            ids.append(try KeyLayout.number(value: Array(value)))
            return ids.count < limit
        }
        return ids
    }

    /// The ids of rows whose value in `index`, which is not unique, begins with `prefix`.
    func ids(_ index: TableIndex<Record>, prefix: [UInt8]) throws(LogError) -> [UInt64] {
        var ids: [UInt64] = []
        // Without the end of a value, which is two bytes.
        let first = Array(TableKeys.entryPrefix(Record.tableNumber, index.number, prefix).dropLast(2))
        try store.forEach(.tables, from: first, to: KeyLayout.end(of: first), in: snapshot) {
            (key, _) throws(LogError) in
            ids.append(try KeyLayout.number(key))
            return true
        }
        return ids
    }

    /// All rows by id, until `body` returns false.
    func forEach(_ body: (Record) throws(LogError) -> Bool) throws(LogError) {
        let prefix = [Record.tableNumber, TableKeys.rows]
        try store.forEach(.tables, from: prefix, to: KeyLayout.end(of: prefix), in: snapshot) {
            (key, value) throws(LogError) in
            try body(try Table.decode(value, id: try KeyLayout.number(key)))
        }
    }

    static func decode(_ bytes: UnsafeRawBufferPointer, id: UInt64) throws(LogError) -> Record {
        let location = "\(Record.tableName) \(id)"
        let body = try Checksummed.open(bytes, location: location)
        return try Record(id: id, fields: try FieldReader(body, location: location))
    }

    static func encode(_ record: Record) -> [UInt8] {
        var fields = FieldWriter()
        record.encode(into: &fields)
        var bytes = fields.writer.bytes
        Checksummed.seal(&bytes)
        return bytes
    }
}
