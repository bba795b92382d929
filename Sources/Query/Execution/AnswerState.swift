import LogDB
import Synchronization

/// What is known of an answer beside its rows, while they are iterated.
final class AnswerState: Sendable {
    struct Values: Sendable {
        var nextCursor: Cursor?
        var statistics = ScanStatistics()
        var warnings: [QueryWarning] = []
    }

    let values = Mutex(Values())

    /// Pulls the next rows of a run, and notes how it stands.
    func next(_ run: QueryRun, isolation: isolated (any Actor)?) async throws -> RowBatch? {
        let wasFinished = run.isFinished
        let rows = try await run.next(isolation: isolation)
        let cursor = run.nextCursor
        let statistics = run.statistics
        values.withLock { values in
            values.nextCursor = cursor
            values.statistics = statistics
        }
        if rows == nil, !wasFinished {
            let isEmpty =
                run.query.plan.pipeline.schema.entryColumns == nil ? statistics.rowsMatched == 0 : !run.hasRows
            let found = try await Hints.warnings(run.query, store: run.context.store, isEmpty: isEmpty)
            let warnings = run.warnings + found
            values.withLock { $0.warnings = warnings }
        }
        return rows
    }
}
