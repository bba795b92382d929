/// Which indexes the tables' rows have entries in. Rows themselves need no version: fields come and go.
enum TableSchema {
    /// 1 is that of stores without a record of it. 2 lists devices by environment, status, type and account, and by text,
    /// 3 sessions by status. 4 may have deletions, which a build that does not know them would show undone.
    /// 5 lists sessions by when they started, and counts what they lost, which an older build would not go on with.
    static let current: UInt64 = 5
    private static let rowsPerWrite = 1_000

    /// Adds the entries that the rows of an older store lack. A crash in the midst leaves the older version, and the next
    /// open begins anew.
    ///
    /// - Throws: `.formatTooNew` for a store that has indexes this build does not keep.
    static func bring(_ store: RocksStore) throws(LogError) {
        var stored: UInt64 = 1
        if let bytes = try store.value(.meta, KeyLayout.tableSchema) { stored = try KeyLayout.number(value: bytes) }
        guard stored <= current else {
            throw LogError(
                .formatTooNew,
                "the tables of the data directory have schema \(stored), this build keeps \(current); use a newer build"
            )
        }
        guard stored < current else { return }
        try addEntries(DeviceRecord.self, store)
        try addEntries(SessionRecord.self, store)
        var number = KeyWriter(capacity: 8)
        number.append(current)
        var batch = WriteBatch()
        batch.put(store, .meta, KeyLayout.tableSchema, number.bytes)
        try store.write(batch, synced: true)
    }

    private static func addEntries<Record: TableRecord>(
        _ table: Record.Type, _ store: RocksStore
    ) throws(LogError) {
        var batch = WriteBatch()
        var rowCount = 0
        try Table<Record>(store: store).forEach { (record) throws(LogError) in
            for index in Record.indexes {
                guard let value = index.value(record) else { continue }
                let table = Record.tableNumber
                if index.isUnique {
                    var id = KeyWriter(capacity: 8)
                    id.append(record.id)
                    batch.put(store, .tables, TableKeys.uniqueEntry(table, index.number, value), id.bytes)
                } else {
                    batch.put(store, .tables, TableKeys.entry(table, index.number, value, record.id), [])
                }
            }
            rowCount += 1
            if rowCount % rowsPerWrite == 0 {
                try store.write(batch, synced: false)
                batch.clear()
            }
            return true
        }
        if !batch.isEmpty { try store.write(batch, synced: true) }
    }
}
