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
        let run = RunContext(self, store: store)
        guard let range = try await Extent.closing(self.range, filter: filter, context: run), !range.isEmpty else {
            return Histogram(
                step: step ?? TimeBuckets.chosenStep(for: self.range), range: self.range, buckets: [],
                statistics: ScanStatistics(), warnings: warnings)
        }
        let step = step ?? TimeBuckets.chosenStep(for: range)
        let buckets = TimeBuckets(step: step, zone: plan.zone, range: range)
        let starts = try buckets.starts(in: range)
        let counts = try await counts(run, buckets, range, field)
        return Histogram(
            step: step, range: range, buckets: LogQuery.buckets(starts, counts, field), statistics: run.statistics,
            warnings: warnings)
    }

    /// The counts of the values by bucket.
    private func counts(
        _ run: RunContext, _ buckets: TimeBuckets, _ range: TimeRange, _ field: Field?,
        isolation: isolated (any Actor)? = #isolation
    ) async throws -> [Int64: [Value: UInt64]] {
        var counts: [Int64: [Value: UInt64]] = [:]
        var valueCount = 0
        for piece in buckets.pieces(of: range) where !piece.range.isEmpty {
            let keys = [piece.key] + (field.map { [GroupKey.field($0)] } ?? [])
            let result = try await run.aggregate(
                piece.range, filter, keys, groupCountMax: QueryLimits.histogramValueCountMax)
            for group in result.groups where group.count > 0 {
                guard case .time(let time) = group.values[0] else { continue }
                let start = buckets.start(ofKey: time, since: piece.range.since).microseconds
                let value = group.values.count > 1 ? Value(group.values[1]) : .missing
                if counts[start]?[value] == nil { valueCount += 1 }
                counts[start, default: [:]][value, default: 0] += group.count
            }
            if valueCount > QueryLimits.histogramValueCountMax {
                throw LogError(
                    .memoryBudget,
                    "There are more than \(QueryLimits.histogramValueCountMax) values in all buckets together; take a "
                        + "longer step, or ask for a shorter time.")
            }
        }
        return counts
    }

    private static func buckets(
        _ starts: [Timestamp], _ counts: [Int64: [Value: UInt64]], _ field: Field?
    ) -> [Histogram.Bucket] {
        starts.map { start in
            let found = Array(counts[start.microseconds] ?? [:])
            let total = found.reduce(0) { $0 + $1.value }
            guard let field else { return Histogram.Bucket(time: start, count: total, values: []) }
            let batch = RowBatch(computed: [found.map(\.key)], count: found.count)
            let order = SortPlace.order(batch, by: [Column("", .computed(0), kind: field.columnKind)])
            return Histogram.Bucket(
                time: start, count: total,
                values: order.map { Histogram.ValueCount(value: found[$0].key.bytes, count: found[$0].value) })
        }
    }

    private static func histogramError(_ code: String, _ message: String) -> QueryErrors {
        QueryErrors([QueryDiagnostic(code: code, offset: 0, length: 0, message: message)])
    }
}
