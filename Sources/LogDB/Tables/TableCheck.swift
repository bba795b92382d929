/// Compares every table with its indexes, both ways.
enum TableCheck {
    /// What a table and its indexes disagree in.
    struct Findings {
        /// A sentence for each contradiction; empty when there is none.
        var problems: [String] = []
        /// Entries of indexes that no row has.
        var wrongEntries: [[UInt8]] = []
        /// Entries that rows have and the indexes lack.
        var missingEntries: [(key: [UInt8], value: [UInt8])] = []
        /// What the last id given must be at least.
        var lastID: UInt64 = 0
        var lastIDIsWrong = false
    }

    /// - Returns: A sentence for each contradiction; empty when there is none.
    static func problems(_ store: RocksStore) throws(LogError) -> [String] {
        try problems(DeviceRecord.self, store) + problems(SessionRecord.self, store)
            + problems(Deletion.self, store) + lossProblems(store)
    }

    static func problems<Record: TableRecord>(
        _ table: Record.Type, _ store: RocksStore
    ) throws(LogError) -> [String] {
        try findings(table, store).problems
    }

    /// Rows and indexes are read in one pass, as they were at one moment.
    static func findings<Record: TableRecord>(
        _ table: Record.Type, _ store: RocksStore
    ) throws(LogError) -> Findings {
        var findings = Findings()
        var expected: [[UInt8]: UInt64] = [:]
        var indexes: [UInt8: TableIndex<Record>] = [:]
        for index in Record.indexes { indexes[index.number] = index }
        var lastGiven: UInt64? = 0
        let prefix = [Record.tableNumber]
        try store.forEach(.tables, from: prefix, to: KeyLayout.end(of: prefix)) { (key, value) throws(LogError) in
            switch key.count > 1 ? key[1] : TableKeys.rows {
            case TableKeys.rows: addRow(key, value, of: table, &findings, &expected)
            case TableKeys.nextID: lastGiven = try? KeyLayout.number(value: Array(value))
            case let number:
                if let index = indexes[number] { addEntry(key, value, of: index, &findings, &expected) }
            }
            return true
        }
        for (key, id) in expected {
            findings.problems.append("\(Record.tableName) \(id) is missing from an index")
            let isUnique = indexes[key[1]]?.isUnique ?? false
            findings.missingEntries.append((key, isUnique ? KeyLayout.number(id) : []))
        }
        if let lastGiven, lastGiven >= findings.lastID { return findings }
        findings.lastIDIsWrong = true
        findings.problems.append(
            lastGiven.map { "\(Record.tableName) has id \(findings.lastID), past the last given, \($0)" }
                ?? "the last id given to \(Record.tableName) does not read")
        return findings
    }

    private static func addRow<Record: TableRecord>(
        _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, of table: Record.Type,
        _ findings: inout Findings, _ expected: inout [[UInt8]: UInt64]
    ) {
        guard let id = try? KeyLayout.number(key) else {
            findings.problems.append("\(Record.tableName) has a row whose key does not read")
            return
        }
        findings.lastID = max(findings.lastID, id)
        do throws(LogError) {
            let record: Record = try Table.decode(value, id: id)
            for index in Record.indexes {
                guard let indexed = index.value(record) else { continue }
                let entry =
                    index.isUnique
                    ? TableKeys.uniqueEntry(Record.tableNumber, index.number, indexed)
                    : TableKeys.entry(Record.tableNumber, index.number, indexed, id)
                if let other = expected.updateValue(id, forKey: entry) {
                    findings.problems.append("\(Record.tableName) \(other) and \(id) have the same \(index.name)")
                }
            }
        } catch {
            findings.problems.append("\(Record.tableName) \(id) does not read: \(error.message)")
        }
    }

    private static func addEntry<Record: TableRecord>(
        _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, of index: TableIndex<Record>,
        _ findings: inout Findings, _ expected: inout [[UInt8]: UInt64]
    ) {
        let key = Array(key)
        let id = try? index.isUnique ? KeyLayout.number(value: Array(value)) : key.reading(KeyLayout.number)
        guard let id else {
            findings.problems.append("index \(index.name) of \(Record.tableName) has an entry that does not read")
            findings.wrongEntries.append(key)
            return
        }
        guard expected[key] != id else {
            expected[key] = nil
            return
        }
        findings.problems.append(
            "index \(index.name) of \(Record.tableName) has an entry for \(id) that no row has")
        // One that a row has under another id is written over.
        if expected[key] == nil { findings.wrongEntries.append(key) }
    }
}
