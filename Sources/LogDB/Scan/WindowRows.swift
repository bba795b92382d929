import LogModel

/// Rows that were copied from several groups and are handed out in another order. They share one table of strings, so that
/// a string is looked up once for each group and not once for each row.
struct WindowRows {
    private var rows = Rows()

    /// Takes the rows of one group.
    ///
    /// - Returns: The number of the first; the others follow.
    mutating func add(_ part: Rows) -> Int {
        let first = rows.count
        let own = part.batch.strings
        let numbers = (0..<own.count).map { index in own.withBytes(index) { rows.batch.strings.intern($0) } }
        rows.keys += part.keys
        rows.received += part.received
        rows.batch.times += part.batch.times
        rows.batch.levels += part.batch.levels
        WindowRows.append(part.batch.devices, numbers, to: &rows.batch.devices)
        WindowRows.append(part.batch.sessions, numbers, to: &rows.batch.sessions)
        WindowRows.append(part.batch.modules, numbers, to: &rows.batch.modules)
        WindowRows.append(part.batch.loggers, numbers, to: &rows.batch.loggers)
        WindowRows.append(part.batch.processes, numbers, to: &rows.batch.processes)
        WindowRows.append(part.batch.threads, numbers, to: &rows.batch.threads)
        WindowRows.append(part.batch.messages, to: &rows.batch.messages)
        let attributeCount = UInt32(rows.batch.contextKeys.count)
        rows.batch.contextEnds += part.batch.contextEnds.map { attributeCount + $0 }
        WindowRows.append(part.batch.contextKeys, numbers, to: &rows.batch.contextKeys)
        WindowRows.append(part.batch.contextValues, to: &rows.batch.contextValues)
        return first
    }

    private static func append(_ codes: [UInt32], _ numbers: [UInt32], to output: inout [UInt32]) {
        for code in codes { output.append(numbers[Int(code)]) }
    }

    private static func append(_ strings: ByteColumn, to output: inout ByteColumn) {
        let byteCount = UInt32(output.bytes.count)
        output.bytes += strings.bytes
        for end in strings.ends { output.ends.append(byteCount + end) }
    }

    /// The rows that `references` name, in their order.
    func gather(_ references: ArraySlice<RowReference>) -> Rows {
        var output = Rows()
        output.batch.strings = rows.batch.strings
        output.keys = references.map(\.key)
        output.received = references.map { rows.received[$0.row] }
        output.batch.times = references.map { rows.batch.times[$0.row] }
        output.batch.levels = references.map { rows.batch.levels[$0.row] }
        output.batch.devices = references.map { rows.batch.devices[$0.row] }
        output.batch.sessions = references.map { rows.batch.sessions[$0.row] }
        output.batch.modules = references.map { rows.batch.modules[$0.row] }
        output.batch.loggers = references.map { rows.batch.loggers[$0.row] }
        output.batch.processes = references.map { rows.batch.processes[$0.row] }
        output.batch.threads = references.map { rows.batch.threads[$0.row] }
        output.batch.messages = WindowRows.strings(
            of: rows.batch.messages, references.lazy.map { $0.row..<($0.row + 1) })
        output.batch.contextValues = WindowRows.strings(
            of: rows.batch.contextValues, references.lazy.map { rows.batch.contextRange($0.row) })
        output.batch.contextEnds.reserveCapacity(references.count)
        for reference in references {
            output.batch.contextKeys += rows.batch.contextKeys[rows.batch.contextRange(reference.row)]
            output.batch.contextEnds.append(UInt32(output.batch.contextKeys.count))
        }
        return output
    }

    /// The strings of ranges of a column, one range after the other.
    private static func strings(of column: ByteColumn, _ ranges: some Sequence<Range<Int>>) -> ByteColumn {
        var output = ByteColumn()
        column.bytes.withUnsafeBytes { bytes in
            for range in ranges {
                for index in range { output.append(UnsafeRawBufferPointer(rebasing: bytes[column.range(index)])) }
            }
        }
        return output
    }
}
