import LogDB
import LogModel
import Query

/// Counts, row by row, how many entries have each field.
struct FieldTally {
    private var rowCount: UInt64 = 0
    private var identifiers: [(field: Field, count: UInt64)] = [
        (.session, 0), (.module, 0), (.logger, 0), (.process, 0), (.thread, 0),
    ]
    private var keys: [[UInt8]: UInt64] = [:]

    mutating func add(_ rows: Rows) {
        let batch = rows.batch
        rowCount += UInt64(rows.count)
        let columns = [batch.sessions, batch.modules, batch.loggers, batch.processes, batch.threads]
        // Numbers of strings are the chunk's own: each is looked up once, not once a row.
        let isEmpty = (0..<batch.strings.count).map { batch.strings.range($0).isEmpty }
        for (position, column) in columns.enumerated() {
            for string in column where !isEmpty[Int(string)] { identifiers[position].count += 1 }
        }
        var perString = [UInt64](repeating: 0, count: batch.strings.count)
        for index in 0..<rows.count {
            for attribute in batch.contextRange(index) { perString[Int(batch.contextKeys[attribute])] += 1 }
        }
        for (string, count) in perString.enumerated() where count > 0 {
            keys[batch.strings[string], default: 0] += count
        }
    }

    /// The fields that any entry has, the most frequent first.
    var counts: [(name: String, count: UInt64)] {
        guard rowCount > 0 else { return [] }
        let always = [Field.time, .received, .level, .device, .message, .id].map { ($0.columnName, rowCount) }
        let named = identifiers.filter { $0.count > 0 }.map { ($0.field.columnName, $0.count) }
        let attributes = keys.map { name, count in
            (Field.context(String(decoding: name, as: UTF8.self)).columnName, count)
        }
        return (always + named + attributes).sorted { ($1.1, $0.0) < ($0.1, $1.0) }.map { (name: $0.0, count: $0.1) }
    }
}
