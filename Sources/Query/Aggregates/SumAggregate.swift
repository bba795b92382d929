/// `sum(f)`, `avg(f)`: of the values that are numbers. Whole numbers are added exactly as long as their sum is within 64
/// bits, others with a compensation for what rounding loses (Neumaier 1974).
final class SumAggregate: Accumulator {
    private struct Sum {
        var count: UInt64 = 0
        /// Of the whole numbers.
        var whole: Int128 = 0
        var isWhole = true
        var decimal = 0.0
        var lost = 0.0

        mutating func add(_ number: Number, count: UInt64) {
            self.count += count
            switch number {
            case .integer(let integer): whole += Int128(integer) * Int128(count)
            case .decimal(let decimal):
                isWhole = false
                let value = decimal * Double(count)
                let sum = self.decimal + value
                lost += abs(self.decimal) >= abs(value) ? (self.decimal - sum) + value : (value - sum) + self.decimal
                self.decimal = sum
            }
        }

        var total: Double { Double(whole) + decimal + lost }
    }

    private let column: ColumnReference
    private let isMean: Bool
    private var sums = GroupValues(Sum())

    init(_ column: ColumnReference, isMean: Bool) {
        self.column = column
        self.isMean = isMean
    }

    var byteCount: Int { sums.elements.count * MemoryLayout<Sum>.stride }

    func add(_ batch: RowBatch, groups: [UInt32], passes: [Bool]) {
        let reader = ColumnReader(batch, column)
        for row in groups.indices where passes[row] {
            if let number = reader.number(row) { sums[Int(groups[row])].add(number, count: 1) }
        }
    }

    func add(_ values: [Value], count: UInt64, group: Int) {
        if let number = values.first.flatMap({ Number($0) }) { sums[group].add(number, count: count) }
    }

    func result(_ group: Int) -> Value {
        let sum = sums[group]
        if sum.count == 0 { return .missing }
        if isMean { return .decimal(sum.total / Double(sum.count)) }
        if sum.isWhole, let whole = Int64(exactly: sum.whole) { return .integer(whole) }
        return .decimal(sum.total)
    }
}
