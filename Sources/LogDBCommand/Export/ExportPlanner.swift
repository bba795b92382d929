import LogModel
import Query

/// Cuts a query's range into parts of about the same number of entries.
struct ExportPlanner {
    let backend: any Backend
    let query: PartibleQuery

    /// More than are worked on at a time, so that little is lost of an export that is interrupted.
    private static let partsPerWorker = 4
    private static let partEntryCountMax: UInt64 = 500_000
    private static let partCountMax: UInt64 = 10_000
    private static let bucketCount: Int64 = 500
    /// Entries crowd at most so: each step divides the time by `bucketCount`.
    private static let depthMax = 8

    private struct Stretch {
        var range: TimeRange
        var entryCount: UInt64
    }

    /// - Parameter parallelCount: How many parts are written at a time.
    /// - Returns: Parts in the order of a single export; none where nothing is found.
    func plan(
        text: String, format: ExportFormat, isOldestFirst: Bool, parallelCount: Int
    ) async throws -> ExportPlan {
        var plan = ExportPlan(query: text, format: format, isOldestFirst: isOldestFirst, parts: [])
        guard let extent = try await extent() else { return plan }
        let wanted = min(
            max(UInt64(parallelCount * Self.partsPerWorker), extent.entryCount / Self.partEntryCountMax + 1),
            Self.partCountMax)
        let target = max(extent.entryCount / wanted, 1)
        var stretches = try await split(
            Stretch(range: extent.range, entryCount: extent.entryCount), target, extent.received, depth: 0)
        // What stands at the ends takes whatever the query's own range lets in.
        stretches[0].range.since = query.range.since
        stretches[stretches.count - 1].range.until = query.range.until
        if !isOldestFirst { stretches.reverse() }
        for (index, stretch) in stretches.enumerated() {
            let digits = String(index)
            let name = String(repeating: "0", count: max(5 - digits.count, 0)) + digits
            plan.parts.append(
                ExportPlan.Part(
                    file: "part-\(name).\(format.rawValue)",
                    query: try refusing { () throws(QueryErrors) in
                        try query.text(stretch.range, received: extent.received)
                    }, entryCount: stretch.entryCount))
        }
        return plan
    }

    /// The times of the entries that are there, and the last moment at which the server got one.
    private func extent() async throws -> (range: TimeRange, received: Timestamp, entryCount: UInt64)? {
        let rows = try await rows(
            query.range, received: nil,
            "stats min(time) as first, max(time) as last, max(received) as received, count() as n")
        guard let row = rows.first, let count = UInt64(row.text("n")), count > 0 else { return nil }
        guard let first = Timestamp(rfc3339: row.text("first")), let last = Timestamp(rfc3339: row.text("last")),
            let received = Timestamp(rfc3339: row.text("received"))
        else {
            throw CommandFailure("the times of the entries could not be told; is it a LogDB server of this version?")
        }
        let end = Timestamp(microseconds: last.microseconds + 1)
        return (TimeRange(since: first, until: end), received, count)
    }

    private func split(
        _ stretch: Stretch, _ target: UInt64, _ received: Timestamp, depth: Int
    ) async throws -> [Stretch] {
        let (start, end) = (stretch.range.since.microseconds, stretch.range.until.microseconds)
        let enough = target + target / 2
        guard stretch.entryCount > enough, end - start > 1, depth < Self.depthMax else { return [stretch] }
        let step = max((end - start) / Self.bucketCount, 1)
        let buckets = try await rows(
            stretch.range, received: received, "stats count() as n by bin(\(step)us)")
        var stretches: [Stretch] = []
        var current = Stretch(range: stretch.range, entryCount: 0)
        /// Time without entries goes to the stretch after it.
        func close(at time: Int64) {
            guard current.entryCount > 0 else { return }
            current.range.until = Timestamp(microseconds: time)
            stretches.append(current)
            current = Stretch(
                range: TimeRange(since: current.range.until, until: stretch.range.until), entryCount: 0)
        }
        for bucket in buckets {
            guard let time = Timestamp(rfc3339: bucket.text("time")), let count = UInt64(bucket.text("n")) else {
                throw CommandFailure("the entries could not be counted by time; is it a LogDB server of this version?")
            }
            let (first, last) = (max(time.microseconds, start), min(time.microseconds + step, end))
            if count > enough, step > 1 {
                close(at: first)
                let crowd = TimeRange(
                    since: Timestamp(microseconds: first), until: Timestamp(microseconds: last))
                var crowded = try await split(
                    Stretch(range: crowd, entryCount: count), target, received, depth: depth + 1)
                crowded[0].range.since = current.range.since
                stretches += crowded
                current.range.since = crowd.until
                continue
            }
            if current.entryCount > 0, current.entryCount + count > enough { close(at: first) }
            current.entryCount += count
            if current.entryCount >= target { close(at: last) }
        }
        if current.range.since < stretch.range.until {
            if current.entryCount == 0, !stretches.isEmpty {
                stretches[stretches.count - 1].range.until = stretch.range.until
            } else {
                stretches.append(current)
            }
        }
        return stretches
    }

    private func rows(_ range: TimeRange, received: Timestamp?, _ pipes: String) async throws -> [AnswerRow] {
        let text = try refusing { () throws(QueryErrors) in
            try query.text(range, received: received, pipes: pipes)
        }
        var rows: [AnswerRow] = []
        _ = try await backend.answer(AnswerRequest(text: text)) { rows += $0.rows }
        return rows
    }

    private func refusing<Result>(_ body: () throws(QueryErrors) -> Result) throws -> Result {
        do throws(QueryErrors) {
            return try body()
        } catch {
            throw CommandFailure("the query cannot be cut by time: \(error.diagnostics.first?.message ?? "")")
        }
    }
}
