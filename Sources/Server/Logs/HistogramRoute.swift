import HummingbirdCore
import LogDB
import Query

/// `GET /api/v1/logs/histogram`: how many entries there are in each stretch of time.
enum HistogramRoute {
    @Sendable static func histogram(_ exchange: Exchange) async throws -> Response {
        let start = ContinuousClock.now
        var parameters = try exchange.parameters()
        let step = try parameters.take("step")
        let field = try parameters.take("by").map { (name) throws(Problem) in try HistogramRoute.field(name) }
        let query = try QueryParameters(&parameters)
        try parameters.checkAllTaken()
        let width = try step.map { (text) throws(Problem) -> Int64 in
            guard let duration = QueryDuration(text: text) else {
                throw Problem.parameter(
                    "step", "invalid_step", "“\(text)” is no duration.", expected: ["1m", "1h", "1d"])
            }
            return duration.microseconds
        }
        let ready = try query.query(default: .lastHour, limits: exchange.limits, hasDeadline: true)
        let histogram = try await exchange.whileClientStays {
            try await ready.histogram(on: exchange.store, step: width, by: field)
        }
        return exchange.json { json in
            json.object { json in
                json.member("step", HistogramRoute.text(ofStep: histogram.step))
                json.key("buckets")
                json.array(histogram.buckets) { json, bucket in
                    json.object { json in
                        json.member("time", bucket.time)
                        json.member("count", bucket.count)
                        if field != nil { json.values(bucket.values) }
                    }
                }
                json.range(histogram.range, zone: ready.zoneName)
                json.statistics(histogram.statistics, since: start)
                json.warnings(histogram.warnings)
            }
        }
    }

    private static func field(_ name: String) throws(Problem) -> Field {
        do throws(QueryErrors) { return try Field(named: name) } catch {
            let found = error.diagnostics.first
            throw Problem.parameter("by", found?.code ?? "invalid_parameter", found?.message ?? "This is no field.")
        }
    }

    /// A width in the largest units that say it in whole numbers: `1h30m`.
    static func text(ofStep microseconds: Int64) -> String {
        let units: [(name: String, microseconds: Int64)] = [
            ("d", 86_400_000_000), ("h", 3_600_000_000), ("m", 60_000_000), ("s", 1_000_000), ("ms", 1_000), ("us", 1),
        ]
        var text = ""
        var rest = microseconds
        for unit in units where rest >= unit.microseconds {
            text += "\(rest / unit.microseconds)\(unit.name)"
            rest %= unit.microseconds
        }
        return text
    }
}

extension JSONOutput {
    /// Counts by value; entries without one, or with an empty one, under the empty name.
    mutating func values(_ values: [Histogram.ValueCount]) {
        key("by")
        object { json in
            // Entries whose value is empty share the name with those that have none.
            var unnamedCount: UInt64 = 0
            for value in values {
                if let name = value.value, !name.isEmpty {
                    json.member(String(decoding: name, as: UTF8.self), value.count)
                } else {
                    unnamedCount += value.count
                }
            }
            if unnamedCount > 0 { json.member("", unnamedCount) }
        }
    }
}
