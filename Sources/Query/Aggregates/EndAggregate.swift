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

        /// What the two names take, about.
        static let nameByteCount = 2 * 48
    }

    private let column: ColumnReference
    private let isLatest: Bool
    private var ends = GroupValues(End())
    private var textByteCount = 0

    init(_ column: ColumnReference, isLatest: Bool) {
        self.column = column
        self.isLatest = isLatest
    }

    var byteCount: Int { ends.elements.count * (MemoryLayout<End>.stride + End.nameByteCount) + textByteCount }

    func add(_ batch: RowBatch, groups: [UInt32], passes: [Bool]) {
        let reader = ColumnReader(batch, column)
        guard let rows = batch.entries else {
            for row in groups.indices where passes[row] && reader.hasValue(row) {
                let group = Int(groups[row])
                if isLatest || ends[group].value == .missing { set(reader.value(row), group) }
            }
            return
        }
        // Of each group the last row of the batch that stands beyond those before it: its value alone is taken.
        var found: [Int: Int] = [:]
        for row in groups.indices where passes[row] {
            let group = Int(groups[row])
            guard wants(rows, row, group), reader.hasValue(row) else { continue }
            found[group] = row
            setPlace(rows, row, group)
        }
        for (group, row) in found { set(reader.value(row), group) }
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

    private func set(_ value: Value, _ group: Int) {
        textByteCount += value.byteCount - ends[group].value.byteCount
        ends[group].value = value
    }

    private func setPlace(_ rows: Rows, _ row: Int, _ group: Int) {
        let key = rows.keys[row]
        // Names are mostly those of the entry before.
        let known = ends[group].key
        if known?.device != key.device { ends[group].device = rows.batch.strings[Int(rows.batch.devices[row])] }
        if known?.session != key.session { ends[group].session = rows.batch.strings[Int(rows.batch.sessions[row])] }
        ends[group].key = key
    }

    /// Takes the value of the entry that is known to be the first or last.
    func add(_ values: [Value], count: UInt64, group: Int) {
        if let value = values.first { set(value, group) }
    }

    func result(_ group: Int) -> Value { ends[group].value }
}
