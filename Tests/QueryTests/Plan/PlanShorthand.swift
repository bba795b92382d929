import LogDB
import LogModel

@testable import Query

/// A Wednesday: 2025-01-15T10:20:30.123456Z.
let planNow = Timestamp(rfc3339: "2025-01-15T10:20:30.123456Z")!

func plan(_ text: String) throws -> QueryPlan {
    try Planner.plan(QuerySyntax(parsing: text), of: text, now: planNow)
}

func planned(_ text: String) throws -> Filter { try plan(text).filter }

/// All diagnostics of a query that reads but cannot be planned.
func planErrors(_ text: String) throws -> [QueryDiagnostic] {
    let syntax = try QuerySyntax(parsing: text)
    do throws(QueryErrors) {
        _ = try Planner.plan(syntax, of: text, now: planNow)
        return []
    } catch { return error.diagnostics }
}

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
func equals(_ text: String) -> ValueTest { .equals(bytes(text), caseSensitive: false) }
func exactly(_ text: String) -> ValueTest { .equals(bytes(text), caseSensitive: true) }
func compare(_ comparison: Comparison, _ text: String) -> ValueTest { .compare(comparison, bytes(text)) }
func time(_ text: String) -> Timestamp { Timestamp(rfc3339: text)! }
func range(_ since: String?, _ until: String?) -> TimeRange {
    TimeRange(since: since.map(time) ?? TimeRange.all.since, until: until.map(time) ?? TimeRange.all.until)
}
