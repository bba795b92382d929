import LogDB
import LogModel

/// `explain`: executes what stands before as it would be answered, one page of it, and answers with what that took instead.
final class ExplainPipe: RowSource {
    private let inner: QueryRun
    private let outer: RunContext
    private var output: HeldRows?

    init(_ inner: QueryRun, outer: RunContext) {
        self.inner = inner
        self.outer = outer
    }

    func next(isolation: isolated (any Actor)?) async throws -> RowBatch? {
        if output == nil { output = HeldRows(try await explain(isolation)) }
        return try await output?.next(isolation: isolation)
    }

    private func explain(_ isolation: isolated (any Actor)?) async throws -> RowBatch {
        let query = inner.query
        let clock = ContinuousClock()
        let start = clock.now
        var rowCount = 0
        while let rows = try await inner.next(isolation: isolation) { rowCount += rows.count }
        let executed = start.duration(to: clock.now)
        outer.add(inner.statistics)
        for warning in inner.warnings { outer.warn(warning.code, warning.message) }
        var rows = plan(query) + ExplainPipe.counts(inner.statistics, rowCount: rowCount)
        rows.append(("milliseconds_parse", ExplainPipe.milliseconds(query.timing.parse)))
        rows.append(("milliseconds_plan", ExplainPipe.milliseconds(query.timing.plan)))
        rows.append(("milliseconds_execute", ExplainPipe.milliseconds(executed)))
        return RowBatch(computed: [rows.map { Value($0.0) }, rows.map(\.1)], count: rows.count)
    }

    private func plan(_ query: LogQuery) -> [(String, Value)] {
        let all = TimeRange.all
        let pipes = query.syntax.pipes.prefix { $0.kind != .explain }
        let order = query.context.order == .newestFirst ? "newest first" : "oldest first"
        return [
            ("query", Value(query.syntax.text)),
            ("since", query.range.since == all.since ? .missing : .time(query.range.since)),
            ("until", query.range.until == all.until ? .missing : .time(query.range.until)),
            ("tz", Value(query.zoneName)),
            ("filter", Value(Printer.filter(query.syntax.filter, .or))),
            ("source", Value(inner.context.source ?? "scan, \(order)")),
            ("pipes", Value(pipes.map { Printer.pipe($0.kind) }.joined(separator: " | "))),
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
            ("cold_objects_read", statistics.coldSegments.count),
            ("cold_bytes_fetched", statistics.coldBytesFetched),
            ("bytes_decompressed", statistics.bytesDecompressed),
        ].map { ($0.0, .integer(Int64($0.1))) }
    }

    /// To the microsecond.
    private static func milliseconds(_ duration: Duration) -> Value {
        let parts = duration.components
        let microseconds = parts.seconds * 1_000_000 + parts.attoseconds / 1_000_000_000_000
        return .decimal(Double(microseconds) / 1_000)
    }
}
