public import LogDB
import LogModel

extension LogQuery {
    /// Counts what the filter finds over time. Pipes play no part; a warning says so where there are some.
    ///
    /// An open side of the range is closed: the start at the first match, the end at now, or at the last match where that
    /// is later or the start is open too.
    /// - Parameters:
    ///   - step: The width of a bucket in microseconds, at least 1. Nil: a round one that makes about 60 buckets.
    ///   - field: Count each of its values too.
    /// - Throws: `QueryErrors` with `invalid_step`, or with `too_many_buckets` above `QueryLimits.bucketCountMax`;
    ///   `LogError`.
    public func histogram(on store: LogStore, step: Int64? = nil, by field: Field? = nil) async throws -> Histogram {
        if let step, step <= 0 {
            throw LogQuery.histogramError("invalid_step", "A bucket lasts at least a microsecond.")
        }
        let warnings = warnings + ignoredPipes
        guard let range = try await histogramRange(store), !range.isEmpty else {
            return Histogram(
                step: step ?? TimeBuckets.chosenStep(for: self.range), range: self.range, buckets: [],
                statistics: ScanStatistics(), warnings: warnings)
        }
        let step = step ?? TimeBuckets.chosenStep(for: range)
        let buckets = TimeBuckets(step: step, zone: plan.zone, range: range)
        let starts = try LogQuery.starts(buckets, range)
        let (table, statistics) = try await counts(store, buckets, range, field)
        return Histogram(
            step: step, range: range, buckets: LogQuery.buckets(starts, table, field), statistics: statistics,
            warnings: warnings)
    }

    /// Nil: the range is open and nothing matches.
    private func histogramRange(_ store: LogStore) async throws -> TimeRange? {
        var range = self.range
        let isStartOpen = range.since == TimeRange.all.since
        if range.until == TimeRange.all.until {
            let closed = try await Extent.closing(range, query: self, store: store)
            if isStartOpen { return closed }
            range.until = max(closed?.until ?? context.now, context.now)
            return range
        }
        return isStartOpen ? try await Extent.closing(range, query: self, store: store) : range
    }

    private static func starts(_ buckets: TimeBuckets, _ range: TimeRange) throws -> [Timestamp] {
        let length = range.until.microseconds.subtractingReportingOverflow(range.since.microseconds)
        let countMax = Int64(QueryLimits.bucketCountMax)
        if length.overflow || length.partialValue / buckets.step > countMax {
            throw histogramError(
                "too_many_buckets", "The range has more than \(countMax) buckets of this step; take a longer step.")
        }
        var starts: [Timestamp] = []
        var start = buckets.start(of: range.since)
        while start < range.until {
            starts.append(start)
            let next = buckets.next(after: start)
            guard next > start else { break }
            start = next
        }
        return starts
    }

    private func counts(
        _ store: LogStore, _ buckets: TimeBuckets, _ range: TimeRange, _ field: Field?
    ) async throws -> (GroupTable, ScanStatistics) {
        var table = GroupTable(groupCountMax: StatsPipe.groupCountMax)
        var statistics = ScanStatistics()
        for piece in buckets.pieces(of: range) where !piece.range.isEmpty {
            let keys = [piece.key] + (field.map { [GroupKey.field($0)] } ?? [])
            let result = try await store.aggregate(
                AggregateRequest(
                    range: piece.range, filter: filter, keys: keys, groupCountMax: StatsPipe.groupCountMax,
                    deadline: context.deadline))
            statistics.add(result.statistics)
            for group in result.groups where group.count > 0 {
                var values = group.values
                if case .time(let time) = values[0] {
                    values[0] = .time(buckets.start(ofKey: time, since: piece.range.since).microseconds)
                }
                try table.add(values, group.count)
            }
        }
        return (table, statistics)
    }

    private static func buckets(_ starts: [Timestamp], _ table: GroupTable, _ field: Field?) -> [Histogram.Bucket] {
        var byTime: [Int64: [Histogram.ValueCount]] = [:]
        for (values, count) in table.counts {
            guard case .time(let time) = values[0] else { continue }
            let value = values.count > 1 ? text(of: values[1]) : nil
            byTime[time, default: []].append(Histogram.ValueCount(value: value, count: count))
        }
        let column = TableColumn(name: "", isLevel: field == .level)
        return starts.map { start in
            let found = byTime[start.microseconds] ?? []
            let total = found.reduce(0) { $0 + $1.count }
            guard field != nil else { return Histogram.Bucket(time: start, count: total, values: []) }
            var rows = found.map { [$0.value.map { Value.text($0) } ?? .missing, .integer(Int64(clamping: $0.count))] }
            TableStages.sort(&rows, by: [TableSortKey(column: 0, isDescending: false)], [column])
            let values = rows.map { row in
                var count = Histogram.ValueCount(value: nil, count: 0)
                if case .text(let bytes) = row[0] { count.value = bytes }
                if case .integer(let number) = row[1] { count.count = UInt64(clamping: number) }
                return count
            }
            return Histogram.Bucket(time: start, count: total, values: values)
        }
    }

    private static func text(of value: GroupValue) -> [UInt8]? {
        switch value {
        case .missing: nil
        case .text(let bytes): bytes
        case .time(let time): Array(Timestamp(microseconds: time).description.utf8)
        }
    }

    private static func histogramError(_ code: String, _ message: String) -> QueryErrors {
        QueryErrors([QueryDiagnostic(code: code, offset: 0, length: 0, message: message)])
    }
}
