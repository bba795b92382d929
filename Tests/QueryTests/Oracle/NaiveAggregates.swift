import Foundation

@testable import Query

/// What aggregates say, written a second time, on all values of a group at once.
struct NaiveAggregates {
    let table: NaiveTable
    /// What `rate` divides by.
    let seconds: Double

    func result(_ aggregate: AggregateSyntax, _ rows: [NaiveRow]) -> NaiveValue {
        let columns = aggregate.fields.map { table.column($0.name, isAttribute: $0.isAttribute) }
        let rows = rows.filter { row in
            aggregate.condition.map { NaiveFilter(table: table, row: row).matches($0) } ?? true
        }
        let tuples = rows.map { row in columns.map { table.value($0, row) } }
        let present = tuples.filter { $0.contains { $0 != .missing } }
        let numbers = present.compactMap { $0.first?.number }
        switch aggregate.function {
        case .count: return .number(Double(columns.isEmpty ? rows.count : present.count))
        case .countUniq: return .number(Double(Set(present).count))
        case .rate: return seconds > 0 ? .number(Double(rows.count) / seconds) : .missing
        case .sum: return numbers.isEmpty ? .missing : .number(numbers.reduce(0, +))
        case .avg: return numbers.isEmpty ? .missing : .number(numbers.reduce(0, +) / Double(numbers.count))
        case .min, .max: return extreme(aggregate.function == .max, present.compactMap(\.first), columns[0])
        case .quantile:
            guard !numbers.isEmpty, let share = aggregate.number.flatMap(Double.init) else { return .missing }
            return .about(numbers.sorted()[Int((share * Double(numbers.count - 1)).rounded(.down))])
        case .first, .last:
            let isLast = aggregate.function == .last
            var rows = rows.filter { table.value(columns[0], $0) != .missing }
            if rows.first?.entry != nil { rows.sort { ($0.entry?.place ?? 0) < ($1.entry?.place ?? 0) } }
            return (isLast ? rows.last : rows.first).map { table.value(columns[0], $0) } ?? .missing
        }
    }

    private func extreme(_ isGreatest: Bool, _ values: [NaiveValue], _ column: String) -> NaiveValue {
        let numbers = values.compactMap(\.number)
        if !numbers.isEmpty { return .number(isGreatest ? numbers.max()! : numbers.min()!) }
        let sorted = values.sorted { left, right in
            NaiveValue.compare(left, right, isLevel: table.levels.contains(column)) < 0
        }
        return (isGreatest ? sorted.last : sorted.first) ?? .missing
    }
}
