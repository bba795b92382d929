/// Compares every table with its indexes, both ways.
enum TableCheck {
    /// - Returns: A sentence for each contradiction; empty when there is none.
    static func problems(_ store: RocksStore) throws(LogError) -> [String] {
        try problems(DeviceRecord.self, store) + problems(SessionRecord.self, store)
            + problems(Deletion.self, store) + lossProblems(store)
    }

    static func problems<Record: TableRecord>(
        _ table: Record.Type, _ store: RocksStore
    ) throws(LogError) -> [String] {
        var problems: [String] = []
        var expected: [[UInt8]: UInt64] = [:]
        var largestID: UInt64 = 0
        let rowPrefix = [Record.tableNumber, TableKeys.rows]
        try store.forEach(.tables, from: rowPrefix, to: KeyLayout.end(of: rowPrefix)) { (key, value) throws(LogError) in
            guard let id = try? KeyLayout.number(key) else {
                problems.append("\(Record.tableName) has a row whose key does not read")
                return true
            }
            largestID = max(largestID, id)
            do throws(LogError) {
                let record: Record = try Table.decode(value, id: id)
                for index in Record.indexes {
                    guard let indexed = index.value(record) else { continue }
                    let entry =
                        index.isUnique
                        ? TableKeys.uniqueEntry(Record.tableNumber, index.number, indexed)
                        : TableKeys.entry(Record.tableNumber, index.number, indexed, id)
                    if let other = expected.updateValue(id, forKey: entry) {
                        problems.append("\(Record.tableName) \(other) and \(id) have the same \(index.name)")
                    }
                }
            } catch {
                problems.append("\(Record.tableName) \(id) does not read: \(error.message)")
            }
            return true
        }
        for index in Record.indexes {
            let prefix = [Record.tableNumber, index.number]
            try store.forEach(.tables, from: prefix, to: KeyLayout.end(of: prefix)) { (key, value) throws(LogError) in
                let number = try? index.isUnique ? KeyLayout.number(value: Array(value)) : KeyLayout.number(key)
                guard let id = number else {
                    problems.append("index \(index.name) of \(Record.tableName) has an entry that does not read")
                    return true
                }
                if expected.removeValue(forKey: Array(key)) != id {
                    problems.append("index \(index.name) of \(Record.tableName) has an entry for \(id) that no row has")
                }
                return true
            }
        }
        for id in expected.values {
            problems.append("\(Record.tableName) \(id) is missing from an index")
        }
        let next = try store.value(.tables, TableKeys.nextID(Record.tableNumber))
        guard let lastGiven = try? next.map({ (bytes) throws(LogError) in try KeyLayout.number(value: bytes) }) ?? 0
        else {
            problems.append("the last id given to \(Record.tableName) does not read")
            return problems
        }
        if lastGiven < largestID {
            problems.append("\(Record.tableName) has id \(largestID), past the last given, \(lastGiven)")
        }
        return problems
    }
}
