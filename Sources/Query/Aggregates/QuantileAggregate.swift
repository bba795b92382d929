/// `quantile(q, f)`: the value below which the share `q` of the numbers lies.
///
/// Up to `QuantileSketch.exactCountMax` numbers of a group are kept, and one of them is the answer; above, the answer is
/// within 1 % of it.
final class QuantileAggregate: Accumulator {
    private let column: ColumnReference
    private let share: Double
    private var sketches = GroupValues(QuantileSketch())

    init(_ column: ColumnReference, _ share: Double) {
        self.column = column
        self.share = share
    }

    private(set) var byteCount = 0

    func add(_ batch: RowBatch, groups: [UInt32], passes: [Bool]) {
        let reader = ColumnReader(batch, column)
        for row in groups.indices where passes[row] {
            if let number = reader.number(row) { add(number, 1, Int(groups[row])) }
        }
    }

    func add(_ values: [Value], count: UInt64, group: Int) {
        if let number = values.first.flatMap({ Number($0) }) { add(number, count, group) }
    }

    private func add(_ number: Number, _ count: UInt64, _ group: Int) {
        byteCount -= sketches[group].byteCount
        sketches[group].add(number, count: count)
        byteCount += sketches[group].byteCount
    }

    func result(_ group: Int) -> Value { sketches[group].quantile(share)?.value ?? .missing }
}
