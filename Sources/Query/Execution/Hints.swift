import LogDB
import LogModel

/// Warnings that only the data can tell.
enum Hints {
    /// How many doubtful names are looked up.
    private static let nameCountMax = 8

    /// - Parameter isEmpty: Whether the answer has no rows.
    static func warnings(_ query: LogQuery, store: LogStore, isEmpty: Bool) async throws -> [QueryWarning] {
        // The first page said what there is to say.
        if query.context.cursor != nil { return [] }
        var warnings: [QueryWarning] = []
        if isEmpty, query.isDefaultRange { warnings.append(try await emptyDefault(query, store)) }
        var asked: Set<Field> = []
        for doubtful in query.plan.doubtfulNames where asked.insert(doubtful.field).inserted {
            if asked.count > nameCountMax { break }
            let rows = try await one(store, query.range, .value(doubtful.field, .exists), .newestFirst, query)
            guard rows?.isEmpty == true else { continue }
            let suggestion = doubtful.resembles
            warnings.append(
                query.source.warning(
                    "unknown_field", doubtful.name.span,
                    "No entry has an attribute “\(doubtful.name.name)”; did you mean \(suggestion):?"))
        }
        return warnings
    }

    private static func emptyDefault(_ query: LogQuery, _ store: LogStore) async throws -> QueryWarning {
        let rows = try await one(store, .all, query.filter, .newestFirst, query)
        let message =
            if let time = rows?.batch.times.first.map({ Timestamp(microseconds: $0) }) {
                "Nothing was found in the default time range; the newest match is of \(time)."
            } else if rows == nil {
                "Nothing was found in the default time range; looking further back took too long."
            } else {
                "Nothing was found in the default time range, and nothing at any other time."
            }
        return QueryWarning(code: "empty_default_range", message: message)
    }

    /// The first entry that passes, none, or nil where that could not be told within the budget: a hint is not worth
    /// losing the answer.
    private static func one(
        _ store: LogStore, _ range: TimeRange, _ filter: Filter, _ order: ScanOrder, _ query: LogQuery
    ) async throws -> Rows? {
        let request = ScanRequest(
            range: range, filter: filter, order: order, limit: 1,
            memoryByteCountMax: query.context.memoryByteCountMax, deadline: query.context.deadline)
        do {
            for try await rows in store.scan(request) where !rows.isEmpty { return rows }
            return Rows()
        } catch {
            guard error.code == .timeBudget || error.code == .memoryBudget else { throw error }
            return nil
        }
    }
}
