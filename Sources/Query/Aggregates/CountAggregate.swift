/// `count()`, `count(f, …)`: rows, or those that have at least one of the columns.
final class CountAggregate: Accumulator {
    private let columns: [ColumnReference]
    private var counts = GroupValues<UInt64>(0)

    init(_ columns: [ColumnReference]) { self.columns = columns }

    var byteCount: Int { counts.elements.count * 8 }

    func add(_ batch: RowBatch, groups: [UInt32], passes: [Bool]) {
        let readers = columns.map { ColumnReader(batch, $0) }
        for row in groups.indices where passes[row] {
            if !readers.isEmpty, !readers.contains(where: { $0.hasValue(row) }) { continue }
            counts[Int(groups[row])] += 1
        }
    }

    func add(_ values: [Value], count: UInt64, group: Int) {
        if !values.isEmpty, values.allSatisfy({ $0 == .missing }) { return }
        counts[group] += count
    }

    func result(_ group: Int) -> Value { .integer(Int64(clamping: counts[group])) }
}

/// `rate()`: rows a second.
final class RateAggregate: Accumulator {
    private let counts = CountAggregate([])
    private let seconds: Double

    init(seconds: Double) { self.seconds = seconds }

    var byteCount: Int { counts.byteCount }
    func add(_ batch: RowBatch, groups: [UInt32], passes: [Bool]) { counts.add(batch, groups: groups, passes: passes) }
    func add(_ values: [Value], count: UInt64, group: Int) { counts.add([], count: count, group: group) }

    func result(_ group: Int) -> Value {
        guard case .integer(let count) = counts.result(group), seconds > 0 else { return .missing }
        return .decimal(Double(count) / seconds)
    }
}
