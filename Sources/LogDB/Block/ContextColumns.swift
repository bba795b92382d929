import LogModel

/// Turns a batch's attributes, kept row after row, into a column a key.
struct ContextColumns {
    struct Column {
        /// The key's number in the batch's strings.
        var key: UInt32
        /// The rows that have a value, ascending.
        var rows: [UInt32] = []
        var values = ByteColumn()
    }

    /// The most frequent keys, ordered by their bytes.
    private(set) var columns: [Column]
    /// The attributes of all other keys: one string a row that has any, made by `OtherContext`.
    private(set) var other: ByteColumn?

    init(_ batch: Batch, columnCountMax: Int) {
        var counts = [UInt32](repeating: 0, count: batch.strings.count)
        for key in batch.contextKeys { counts[Int(key)] += 1 }
        var keys = counts.indices.filter { counts[$0] > 0 }
        let hasOther = keys.count > columnCountMax
        if hasOther {
            keys.sort { (counts[$0], $1) > (counts[$1], $0) }
            keys.removeLast(keys.count - columnCountMax)
        }
        let named = keys.map { (key: $0, name: batch.strings[$0]) }
            .sorted { $0.name.lexicographicallyPrecedes($1.name) }
        columns = named.map { Column(key: UInt32($0.key)) }
        let unset = Int.max
        var columnOfKey = [Int](repeating: unset, count: counts.count)
        for (index, column) in columns.enumerated() { columnOfKey[Int(column.key)] = index }

        var others = ByteColumn()
        var otherRow = ByteWriter()
        for row in 0..<batch.count {
            for attribute in batch.contextRange(row) {
                let index = columnOfKey[Int(batch.contextKeys[attribute])]
                if index == unset {
                    otherRow.string(batch.strings[Int(batch.contextKeys[attribute])])
                    otherRow.string(batch.contextValues[attribute])
                } else {
                    columns[index].rows.append(UInt32(row))
                    batch.contextValues.withBytes(attribute) { columns[index].values.append($0) }
                }
            }
            if !otherRow.bytes.isEmpty {
                // The row's number first: only rows that have other attributes are kept.
                var record = ByteWriter()
                record.varint(row)
                record.bytes.append(contentsOf: otherRow.bytes)
                record.bytes.withUnsafeBytes { others.append($0) }
                otherRow.bytes.removeAll(keepingCapacity: true)
            }
        }
        other = hasOther ? others : nil
    }
}
