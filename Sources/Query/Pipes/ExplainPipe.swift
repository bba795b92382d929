import LogDB
import LogModel

/// `explain`: executes the query as it would be answered, one page of it, and answers with what that took instead.
enum ExplainPipe {
    static func run(_ query: LogQuery, store: LogStore) async throws -> TableAnswer {
        let clock = ContinuousClock()
        let start = clock.now
        var rowCount = 0
        let statistics: ScanStatistics
        var warnings: [QueryWarning] = query.warnings
        if let table = query.plan.pipeline.table {
            let answer = try await StatsPipe.run(query, table, store: store)
            rowCount = answer.rows.count
            statistics = answer.statistics
            warnings = answer.warnings
        } else {
            let run = EntryRun(query, store: store, isPaged: true)
            while let rows = try await run.next(isolation: #isolation) { rowCount += rows.count }
            statistics = run.statistics
        }
        let executed = start.duration(to: clock.now)
        var rows = plan(query) + counts(statistics, rowCount: rowCount)
        rows.append(("milliseconds_parse", milliseconds(query.timing.parse)))
        rows.append(("milliseconds_plan", milliseconds(query.timing.plan)))
        rows.append(("milliseconds_execute", milliseconds(executed)))
        return TableAnswer(
            columns: ["part", "value"], rows: rows.map { [.text(Array($0.0.utf8)), $0.1] }, nextCursor: nil,
            statistics: statistics, warnings: warnings)
    }

    private static func plan(_ query: LogQuery) -> [(String, Value)] {
        let all = TimeRange.all
        let pipes = query.syntax.pipes.filter { $0.kind != .explain }
        let isMetadata = query.plan.pipeline.table != nil && query.plan.pipeline.stages.isEmpty
        let order = query.context.order == .newestFirst ? "newest first" : "oldest first"
        return [
            ("query", text(query.syntax.text)),
            ("since", query.range.since == all.since ? .missing : .time(query.range.since)),
            ("until", query.range.until == all.until ? .missing : .time(query.range.until)),
            ("tz", text(query.zoneName)),
            ("filter", text(Printer.filter(query.syntax.filter, .or))),
            ("source", text(isMetadata ? "aggregate" : "scan, \(order)")),
            ("pipes", text(pipes.map { Printer.pipe($0.kind) }.joined(separator: " | "))),
        ]
    }

    private static func counts(_ statistics: ScanStatistics, rowCount: Int) -> [(String, Value)] {
        [
            ("blocks_considered", statistics.blocksTotal),
            ("blocks_pruned_by_time", statistics.blocksPrunedByTime),
            ("blocks_pruned_by_stream", statistics.blocksPrunedByStream),
            ("blocks_pruned_by_level", statistics.blocksPrunedByLevel),
            ("blocks_pruned_by_index", statistics.blocksPrunedByIndex),
            ("blocks_answered_by_metadata", statistics.blocksAnsweredByMetadata),
            ("blocks_read", statistics.blocksRead),
            ("blocks_damaged", statistics.blocksDamaged),
            ("rows_scanned", statistics.rowsScanned),
            ("rows_matched", statistics.rowsMatched),
            ("rows_returned", rowCount),
            ("bytes_fetched", statistics.bytesFetched),
            ("bytes_decompressed", statistics.bytesDecompressed),
        ].map { ($0.0, .integer(Int64($0.1))) }
    }

    private static func text(_ text: String) -> Value { .text(Array(text.utf8)) }

    /// To the microsecond.
    private static func milliseconds(_ duration: Duration) -> Value {
        let parts = duration.components
        let microseconds = parts.seconds * 1_000_000 + parts.attoseconds / 1_000_000_000_000
        return .decimal(Double(microseconds) / 1_000)
    }
}
