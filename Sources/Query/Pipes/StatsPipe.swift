import LogDB
import LogModel

/// `stats count() by …`: entries counted by group. Where it is the first pipe the engine counts, mostly from what it knows
/// about whole blocks.
enum StatsPipe {
    /// How many groups there may be.
    static let groupCountMax = 500_000

    static func run(_ query: LogQuery, _ table: TablePipeline, store: LogStore) async throws -> TableAnswer {
        let (counted, statistics) = try await count(query, table.groups, store)
        if counted.counts.isEmpty, table.groups.isEmpty { return answer(query, table, [[]: 0], statistics, []) }
        let isEmpty = counted.counts.values.allSatisfy { $0 == 0 }
        let warnings = try await Hints.warnings(query, store: store, isEmpty: isEmpty)
        return answer(query, table, counted.counts, statistics, warnings)
    }

    private static func answer(
        _ query: LogQuery, _ table: TablePipeline, _ counts: [[GroupValue]: UInt64], _ statistics: ScanStatistics,
        _ warnings: [QueryWarning]
    ) -> TableAnswer {
        var rows = counts.map { values, count in
            values.map { Value($0) }
                + Array(repeating: Value.integer(Int64(clamping: count)), count: table.countColumnCount)
        }
        // Groups are found in no order; by the values of the groups they are in the same one every time.
        let groups = table.groups.indices.map { TableSortKey(column: $0, isDescending: false) }
        TableStages.sort(&rows, by: groups, table.columns)
        var columns = table.columns
        for stage in table.stages { TableStages.apply(stage, &rows, &columns) }
        var answer = TableAnswer(
            columns: columns.map(\.name), rows: rows, nextCursor: nil, statistics: statistics,
            warnings: query.warnings + warnings)
        TableStages.page(&answer, query)
        return answer
    }

    private static func count(
        _ query: LogQuery, _ groups: [GroupColumn], _ store: LogStore
    ) async throws -> (GroupTable, ScanStatistics) {
        if !query.plan.pipeline.stages.isEmpty { return try await countRows(query, groups, store) }
        var table = GroupTable(groupCountMax: groupCountMax)
        var statistics = ScanStatistics()
        let range = try await closedRange(query, groups, store)
        let buckets = groups.map { timeBuckets(of: $0, query, range) }
        let pieces = buckets.compactMap(\.self).first?.pieces(of: range) ?? [(range, .timeBucket(step: 1, offset: 0))]
        for piece in pieces where !piece.range.isEmpty {
            let keys: [GroupKey] = groups.map { group in
                switch group {
                case .field(let field): .field(field)
                case .bin: piece.key
                }
            }
            let request = AggregateRequest(
                range: piece.range, filter: query.filter, keys: keys, groupCountMax: groupCountMax,
                deadline: query.context.deadline)
            let result = try await store.aggregate(request)
            statistics.add(result.statistics)
            for group in result.groups where group.count > 0 || groups.isEmpty {
                try table.add(aligned(group.values, buckets, piece.range.since), group.count)
            }
        }
        return (table, statistics)
    }

    private static func timeBuckets(of group: GroupColumn, _ query: LogQuery, _ range: TimeRange) -> TimeBuckets? {
        guard case .bin(let step) = group else { return nil }
        return TimeBuckets(step: step, zone: query.plan.zone, range: range)
    }

    private static func value(of buckets: TimeBuckets?, _ time: Int64) -> GroupValue {
        guard let buckets else { return .missing }
        return .time(buckets.start(of: Timestamp(microseconds: time)).microseconds)
    }

    /// The engine's buckets of one piece of the range, which know one offset, as those of the zone.
    private static func aligned(
        _ values: [GroupValue], _ buckets: [TimeBuckets?], _ since: Timestamp
    ) -> [GroupValue] {
        zip(values, buckets).map { value, buckets in
            guard let buckets, case .time(let time) = value else { return value }
            return .time(buckets.start(ofKey: time, since: since).microseconds)
        }
    }

    /// The range, its open sides closed at the first and last match where bins need to know the clock's changes.
    private static func closedRange(
        _ query: LogQuery, _ groups: [GroupColumn], _ store: LogStore
    ) async throws -> TimeRange {
        let needsClosing = groups.contains { group in
            guard case .bin(let step) = group else { return false }
            return TimeBuckets.needsClosedRange(step: step, zone: query.plan.zone)
        }
        guard needsClosing else { return query.range }
        return try await Extent.closing(query.range, query: query, store: store) ?? query.range
    }

    /// Counts what the pipes before leave.
    private static func countRows(
        _ query: LogQuery, _ groups: [GroupColumn], _ store: LogStore
    ) async throws -> (GroupTable, ScanStatistics) {
        var table = GroupTable(groupCountMax: groupCountMax)
        let range = try await closedRange(query, groups, store)
        let buckets = groups.map { timeBuckets(of: $0, query, range) }
        let run = EntryRun(query, store: store, isPaged: false)
        while let rows = try await run.next(isolation: #isolation) {
            for index in 0..<rows.count {
                let values: [GroupValue] = groups.indices.map { column in
                    switch groups[column] {
                    case .field(.time): .time(rows.batch.times[index])
                    case .field(.received): .time(rows.received[index])
                    case .field(let field): rows.bytes(of: field, at: index).map { .text($0) } ?? .missing
                    case .bin: value(of: buckets[column], rows.batch.times[index])
                    }
                }
                try table.add(values, 1)
            }
        }
        return (table, run.statistics)
    }
}
