import LogModel

/// Counts, for each identifier and context key, the entries that have it.
struct FieldCounter {
    private let environment: ScanEnvironment
    private let range: TimeRange
    private let filter: Filter
    private let deadline: ContinuousClock.Instant?
    private let cancellation: CancellationFlag
    private var keys: [[UInt8]: UInt64] = [:]
    private var identifiers: [Field: UInt64] = [:]

    init(
        _ environment: ScanEnvironment, range: TimeRange, filter: Filter, deadline: ContinuousClock.Instant?,
        _ cancellation: CancellationFlag
    ) {
        self.cancellation = cancellation
        self.environment = environment
        self.range = range
        self.filter = filter
        self.deadline = deadline
    }

    mutating func run(_ view: StoreView) throws(LogError) -> [FieldCount] {
        let rowFilter = RowFilter(
            filter, names: environment.registry, budget: MatchBudget(cancellation, deadline: deadline))
        var statistics = ScanStatistics()
        let candidates =
            range.isEmpty
            ? []
            : try environment.candidates(
                in: view, range: range, filter: filter, root: rowFilter.root, statistics: &statistics)
        guard statistics.blocksDamaged == 0 else {
            throw LogError(.corruption, "\(statistics.blocksDamaged) blocks cannot be read: their bytes are damaged")
        }
        for candidate in candidates {
            try cancellation.check(deadline: deadline)
            try count(candidate, rowFilter)
        }
        let fields = identifiers.map { FieldCount(field: $0.key, count: $0.value) }
        let attributes = keys.map {
            FieldCount(field: .context(String(decoding: $0.key, as: UTF8.self)), count: $0.value)
        }
        return (fields + attributes).sorted { ($1.count, $0.field.name) < ($0.count, $1.field.name) }
    }

    private mutating func count(_ candidate: Candidate, _ rowFilter: RowFilter) throws(LogError) {
        let group = try environment.open(candidate)
        var rows = Bitmap(count: group.rowCount, all: true)
        if candidate.timeMin < range.since.microseconds || candidate.timeMax >= range.until.microseconds {
            rows = RowFilter.rows(rows, of: try group.times(), within: range)
        }
        if !candidate.isWholly { rows = try rowFilter.evaluate(group, rows) }
        let count = rows.setCount
        guard count > 0 else { return }
        for field in [Field.time, .received, .level, .device, .message, .id] {
            identifiers[field, default: 0] += UInt64(count)
        }
        for run in try group.streams() where run.session != 0 {
            for row in run.rows where rows[row] { identifiers[.session, default: 0] += 1 }
        }
        for (column, field) in [
            (IdentifierColumn.module, Field.module), (.logger, .logger), (.process, .process), (.thread, .thread),
        ] {
            let view = try group.identifiers(column)
            let hasValue = (0..<view.values.count).map { !view.values[$0].isEmpty }
            var present: UInt64 = 0
            rows.forEachSet { if hasValue[Int(view.codes[$0])] { present += 1 } }
            if present > 0 { identifiers[field, default: 0] += present }
        }
        if count == group.rowCount {
            for (key, present) in try group.contextKeyCounts() { keys[key, default: 0] += UInt64(present) }
        } else {
            for (key, _) in try group.contextKeyCounts() {
                guard let column = try group.attribute(key) else { continue }
                var present: UInt64 = 0
                for position in 0..<column.count where rows[column.row(position)] { present += 1 }
                if present > 0 { keys[key, default: 0] += present }
            }
        }
    }
}
