import LogDB
import LogModel

/// From the first to the last match.
enum Extent {
    /// `range` with its open sides moved to the first and last match. Nil: nothing matches.
    static func closing(_ range: TimeRange, query: LogQuery, store: LogStore) async throws -> TimeRange? {
        var closed = range
        if range.since == TimeRange.all.since {
            guard let oldest = try await time(.oldestFirst, range, query, store) else { return nil }
            closed.since = oldest
        }
        if range.until == TimeRange.all.until {
            guard let newest = try await time(.newestFirst, range, query, store) else { return nil }
            closed.until = Timestamp(microseconds: newest.microseconds.saturating(adding: 1))
        }
        return closed
    }

    private static func time(
        _ order: ScanOrder, _ range: TimeRange, _ query: LogQuery, _ store: LogStore
    ) async throws -> Timestamp? {
        let request = ScanRequest(
            range: range, filter: query.filter, order: order, limit: 1,
            memoryByteCountMax: query.context.memoryByteCountMax, deadline: query.context.deadline)
        for try await rows in store.scan(request) {
            if let time = rows.batch.times.first { return Timestamp(microseconds: time) }
        }
        return nil
    }
}
