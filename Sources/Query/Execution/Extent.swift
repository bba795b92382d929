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
            guard let oldest = try await end(.oldestFirst, range, filter, context) else { return nil }
            closed.since = oldest
        }
        if range.until == TimeRange.all.until {
            let newest = try await end(.newestFirst, range, filter, context)
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

    /// The time of the first match in an order.
    static func end(
        _ order: ScanOrder, _ range: TimeRange, _ filter: Filter, _ context: RunContext,
        isolation: isolated (any Actor)? = #isolation
    ) async throws -> Timestamp? {
        var iterator = context.scan(range, filter, order, limit: 1).makeAsyncIterator()
        while let rows = try await iterator.next(isolation: isolation) {
            if let time = rows.batch.times.first { return Timestamp(microseconds: time) }
        }
        return nil
    }
}
