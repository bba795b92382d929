import LogDB
import LogModel

/// `first(f)`, `last(f)`: the value of the earliest or latest entry that has one, whatever the order of the rows; of rows
/// of a table that of the first or last.
final class EndAggregate: Accumulator {
    private struct End {
        var value = Value.missing
        var key: EntryKey?
        var device: [UInt8] = []
        var session: [UInt8] = []
    }

    private let column: ColumnReference
    private let isLatest: Bool
    private var ends = GroupValues(End())
    private var textByteCount = 0

    init(_ column: ColumnReference, isLatest: Bool) {
        self.column = column
        self.isLatest = isLatest
    }

    var byteCount: Int { ends.elements.count * MemoryLayout<End>.stride + textByteCount }

    func add(_ batch: RowBatch, groups: [UInt32], passes: [Bool]) {
        let reader = ColumnReader(batch, column)
        for row in groups.indices where passes[row] {
            let group = Int(groups[row])
            if let rows = batch.entries {
                guard wants(rows, row, group), reader.hasValue(row) else { continue }
                set(reader.value(row), rows, row, group)
            } else {
                let value = reader.value(row)
                guard value != .missing, isLatest || ends[group].value == .missing else { continue }
                textByteCount += value.byteCount - ends[group].value.byteCount
                ends[group].value = value
            }
        }
    }

    /// Whether the entry stands beyond the one that is known.
    private func wants(_ rows: Rows, _ row: Int, _ group: Int) -> Bool {
        guard let known = ends[group].key else { return true }
        let key = rows.keys[row]
        if key.time != known.time { return isLatest == (key.time > known.time) }
        if key.device != known.device {
            let device = rows.batch.strings[Int(rows.batch.devices[row])]
            if device != ends[group].device {
                return isLatest != device.lexicographicallyPrecedes(ends[group].device)
            }
        }
        if key.session != known.session {
            let session = rows.batch.strings[Int(rows.batch.sessions[row])]
            if session != ends[group].session {
                return isLatest != session.lexicographicallyPrecedes(ends[group].session)
            }
        }
        return isLatest == (key.sequence > known.sequence)
    }

    private func set(_ value: Value, _ rows: Rows, _ row: Int, _ group: Int) {
        let key = rows.keys[row]
        var end = ends[group]
        textByteCount += value.byteCount - end.value.byteCount
        // Names are mostly those of the entry before.
        if end.key?.device != key.device { end.device = rows.batch.strings[Int(rows.batch.devices[row])] }
        if end.key?.session != key.session { end.session = rows.batch.strings[Int(rows.batch.sessions[row])] }
        end.key = key
        end.value = value
        ends[group] = end
    }

    /// Never asked for: which entry is the first, counts do not tell.
    func add(_ values: [Value], count: UInt64, group: Int) {}

    func result(_ group: Int) -> Value { ends[group].value }
}
