import LogModel
import Query

/// Follows a query by asking again and again for its newest entries.
struct Tail {
    let backend: any Backend
    let text: String

    private static let interval = Duration.milliseconds(500)
    /// How long after an entry's own time it may arrive and be shown still. By the server's clock, as text.
    private static let lateness = "60s"
    /// Rows of one request. Under more load than this in an interval the next pages are asked for as well.
    private static let pageRowCount = 500
    private static let lateMicroseconds: Int64 = 120 * 1_000_000

    /// Hands out entries as they arrive, oldest first. Does not end by itself.
    func run(_ show: ([AnswerRow]) async throws -> Void) async throws {
        var seen = SeenEntries()
        if hasTimeClause {
            _ = try await backend.answer(AnswerRequest(text: text, isOldestFirst: true)) { page in
                for row in page.rows { try seen.insert(row) }
                try await show(page.rows)
            }
        } else {
            // What is there already is no news.
            _ = try await news(&seen)
        }
        var isAway = false
        while true {
            do {
                let rows = try await news(&seen)
                isAway = false
                if !rows.isEmpty { try await show(rows) }
                seen.forget(before: Tail.lateMicroseconds)
            } catch let error as CommandFailure where error.kind == .unreachable {
                // It was there before, so it is more likely starting again than gone.
                if !isAway { Terminal.say("\(PlainText.escaped(error.message)); waiting for it\n") }
                isAway = true
            }
            try await Task.sleep(for: Tail.interval)
        }
    }

    /// Entries not seen before, oldest first.
    private func news(_ seen: inout SeenEntries) async throws -> [AnswerRow] {
        var found: [AnswerRow] = []
        // Newest first, so that most requests end after one page.
        let request = AnswerRequest(text: text, limit: nil, since: Tail.lateness)
        do {
            _ = try await backend.answer(request) { page in
                var newCount = 0
                for row in page.rows where try seen.insert(row) {
                    found.append(row)
                    newCount += 1
                }
                if newCount == 0 { throw Enough() }
            }
        } catch is Enough {}
        return found.reversed()
    }

    private struct Enough: Error {}

    /// Whether the query says itself where to start.
    private var hasTimeClause: Bool {
        let range = TimeRange(since: Timestamp(microseconds: 0), until: TimeRange.all.until)
        let query = try? LogQuery(text, context: QueryContext(now: .now, defaultRange: range))
        return query.map { !$0.isDefaultRange } ?? false
    }
}

/// The entries that were shown, as far back as one may still come again.
private struct SeenEntries {
    private var times: [String: Int64] = [:]
    private var newest = Int64.min

    /// - Returns: Whether the entry is new.
    @discardableResult
    mutating func insert(_ row: AnswerRow) throws(CommandFailure) -> Bool {
        guard let id = row["id"]?.text, let time = Timestamp(rfc3339: row.text("time")) else {
            throw CommandFailure("tail shows whole entries; leave out the pipes")
        }
        newest = max(newest, time.microseconds)
        return times.updateValue(time.microseconds, forKey: id) == nil
    }

    /// Forgets what is older than the newest by more than that many microseconds.
    mutating func forget(before age: Int64) {
        guard times.count > 10_000 else { return }
        let limit = newest.subtractingReportingOverflow(age)
        if !limit.overflow { times = times.filter { $0.value >= limit.partialValue } }
    }
}
