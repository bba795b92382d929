import LogModel

/// `min(f)`, `max(f)`: of the values that are numbers; where none is, of the others: times by time, levels by level, text
/// by its bytes.
final class ExtremeAggregate: Accumulator {
    private struct Extreme {
        var number: Number?
        var other: (order: SortValue, value: Value)?
    }

    private let column: Column
    private let isGreatest: Bool
    private var extremes = GroupValues(Extreme())
    private var textByteCount = 0

    init(_ column: Column, isGreatest: Bool) {
        self.column = column
        self.isGreatest = isGreatest
    }

    var byteCount: Int { extremes.elements.count * MemoryLayout<Extreme>.stride + textByteCount }

    func add(_ batch: RowBatch, groups: [UInt32], passes: [Bool]) {
        let reader = ColumnReader(batch, column.reference)
        if reader.hasTexts, column.kind == .plain {
            for row in groups.indices where passes[row] {
                _ = reader.withBytes(row) { add($0, Int(groups[row])) }
            }
            return
        }
        for row in groups.indices where passes[row] {
            if let number = reader.number(row) {
                add(number, Int(groups[row]))
            } else {
                add(reader.value(row), Int(groups[row]))
            }
        }
    }

    /// Most texts change nothing, and cost no array.
    private func add(_ text: UnsafeRawBufferPointer, _ group: Int) {
        if let number = Number(text: text) {
            add(number, group)
        } else if extremes[group].number == nil {
            if case .text(let known)? = extremes[group].other?.value {
                let order = known.withUnsafeBytes { ByteOrder.compare(text, $0) }
                if isGreatest ? order <= 0 : order >= 0 { return }
            }
            add(.text(Array(text)), group)
        }
    }

    func add(_ values: [Value], count: UInt64, group: Int) {
        guard let value = values.first else { return }
        if column.kind == .plain, let number = Number(value) { add(number, group) } else { add(value, group) }
    }

    private func add(_ number: Number, _ group: Int) {
        guard let known = extremes[group].number else {
            extremes[group].number = number
            return
        }
        if isGreatest ? known < number : number < known { extremes[group].number = number }
    }

    private func add(_ value: Value, _ group: Int) {
        // Once there is a number, text has no say.
        guard value != .missing, extremes[group].number == nil else { return }
        let order = order(of: value)
        if let known = extremes[group].other {
            let comparison = SortValue.compare(order, known.order, isDescending: isGreatest)
            if comparison >= 0 { return }
            textByteCount -= known.value.byteCount
        }
        textByteCount += value.byteCount
        extremes[group].other = (order, value)
    }

    private func order(of value: Value) -> SortValue {
        if column.kind == .level, case .text(let bytes) = value, let level = bytes.withUnsafeBytes({ Level(name: $0) })
        {
            return .integer(Int64(level.rawValue))
        }
        return value.bytes.map { bytes in
            if case .time(let time) = value { return .integer(time.microseconds) }
            return .text(bytes)
        } ?? .missing
    }

    func result(_ group: Int) -> Value {
        extremes[group].number?.value ?? extremes[group].other?.value ?? .missing
    }
}
