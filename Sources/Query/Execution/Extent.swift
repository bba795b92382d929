import LogDB
import LogModel

/// From the first to the last match.
enum Extent {
    /// `range` with its open sides closed: the start at the first match, the end at now, or at the last match where that
    /// is later or the start was open too. Nil: the range is open and nothing matches.
    static func closing(
        _ range: TimeRange, filter: Filter, context: RunContext, isolation: isolated (any Actor)? = #isolation
    ) async throws -> TimeRange? {
        var closed = range
        let isStartOpen = range.since == TimeRange.all.since
        if isStartOpen {
            guard let oldest = try await time(.oldestFirst, range, filter, context) else { return nil }
            closed.since = oldest
        }
        if range.until == TimeRange.all.until {
            let newest = try await time(.newestFirst, range, filter, context)
            let end = newest.map { Timestamp(microseconds: $0.microseconds.saturating(adding: 1)) }
            guard !isStartOpen else {
                guard let end else { return nil }
                closed.until = end
                return closed
            }
            closed.until = max(end ?? context.query.context.now, context.query.context.now)
        }
        return closed
    }

    /// The first match in an order, with these fields; nil where nothing matches.
    static func end(
        _ order: ScanOrder, _ range: TimeRange, _ filter: Filter, _ context: RunContext, fields: Set<Field> = [],
        isolation: isolated (any Actor)? = #isolation
    ) async throws -> Rows? {
        var iterator = context.scan(range, filter, order, limit: 1, fields: fields).makeAsyncIterator()
        while let rows = try await iterator.next(isolation: isolation) {
            if !rows.isEmpty { return rows }
        }
        return nil
    }

    private static func time(
        _ order: ScanOrder, _ range: TimeRange, _ filter: Filter, _ context: RunContext,
        isolation: isolated (any Actor)? = #isolation
    ) async throws -> Timestamp? {
        try await end(order, range, filter, context)?.batch.times.first.map { Timestamp(microseconds: $0) }
    }
}
