import HTTPTypes
import HummingbirdCore
import LogDB
import LogModel
import Query

extension SessionsRoute {
    /// `GET /api/v1/sessions/{id}/timeline`.
    @Sendable static func timeline(_ exchange: Exchange) async throws -> Response {
        var parameters = try exchange.parameters()
        let step = try parameters.take("step").map { (text) throws(Problem) -> Int64 in
            guard let duration = QueryDuration(text: text), duration.microseconds > 0 else {
                throw Problem.parameter(
                    "step", "invalid_step", "“\(text)” is no duration.", expected: ["1m", "1h", "1d"])
            }
            return duration.microseconds
        }
        try parameters.checkAllTaken()
        let (session, device) = try await exchange.pathSession()
        let filter = Filter.all([
            .value(.device, .equals(device.dsn, caseSensitive: true)),
            .value(.session, .equals(session.sessionID, caseSensitive: true)),
        ])
        let range = TimeRange(
            since: Timestamp(microseconds: session.startedAt),
            until: Timestamp(microseconds: max(session.lastEntryAt, session.startedAt) + 1))
        let query = try LogQuery(
            "",
            context: QueryContext(
                now: exchange.services.fleet.clock(), additionalFilters: [filter], additionalRange: range,
                deadline: ContinuousClock.now + exchange.limits.queryTimeMax,
                memoryByteCountMax: exchange.limits.queryByteCountMax))
        let (histogram, firstError) = try await exchange.whileClientStays {
            let histogram = try await query.histogram(on: exchange.store, step: step, by: .level)
            let errors = Filter.all([filter, .level([LevelSet(.error), LevelSet(.fatal)])])
            let scan = exchange.store.scan(
                ScanRequest(range: range, filter: errors, order: .oldestFirst, limit: 1))
            for try await rows in scan where rows.count > 0 { return (histogram, rows as Rows?) }
            return (histogram, nil)
        }
        let artifacts = try await exchange.services.artifacts.all(of: session.id).sorted {
            ($0.created, $0.path) < ($1.created, $1.path)
        }
        return exchange.json { json in
            json.object { json in
                json.member("id", session.id)
                json.member("step", HistogramRoute.text(ofStep: histogram.step))
                json.key("buckets")
                json.array(histogram.buckets) { json, bucket in
                    json.object { json in
                        json.member("time", bucket.time)
                        json.member("count", bucket.count)
                        json.values(bucket.values)
                    }
                }
                json.key("first_error")
                if let firstError {
                    json.raw { bytes in
                        var writer = RowWriter(columns: nil)
                        writer.append(0, of: firstError, to: &bytes)
                    }
                } else {
                    json.null()
                }
                json.key("gaps")
                json.array(gaps(histogram)) { json, gap in
                    json.object { json in
                        json.member("since", gap.since)
                        json.member("until", gap.until)
                    }
                }
                json.key("artifacts")
                json.array(artifacts) { json, artifact in
                    json.object { json in
                        json.member("path", artifact.path)
                        json.member("size", artifact.byteCount)
                        json.member("content_type", artifact.mediaType)
                        json.member("uploaded_at", Timestamp(microseconds: artifact.created))
                    }
                }
            }
        }
    }

    /// Stretches without entries that lie between some.
    private static func gaps(_ histogram: Histogram) -> [(since: Timestamp, until: Timestamp)] {
        var gaps: [(since: Timestamp, until: Timestamp)] = []
        var since: Timestamp?
        var hasBegun = false
        for bucket in histogram.buckets {
            if bucket.count == 0 {
                if hasBegun, since == nil { since = bucket.time }
                continue
            }
            hasBegun = true
            if let start = since { gaps.append((start, bucket.time)) }
            since = nil
        }
        return gaps
    }
}
