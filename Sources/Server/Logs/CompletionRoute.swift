import HummingbirdCore
import LogDB
import LogModel
import Query

/// `GET /api/v1/logs/complete`: what may stand at a place of a query that is being written.
enum CompletionRoute {
    private static let hour: Int64 = 3_600_000_000
    /// A person waits for these while typing.
    private static let timeMax = Duration.seconds(2)

    @Sendable static func complete(_ exchange: Exchange) async throws -> Response {
        var parameters = try exchange.parameters()
        let text = try parameters.take("query") ?? ""
        let count = text.unicodeScalars.count
        let at = try parameters.takeInteger("at", in: 0...max(count, 1_000_000)) ?? count
        let limit = try parameters.takeInteger("limit", in: 1...1_000) ?? 50
        try parameters.checkAllTaken()
        let now = Timestamp.now
        let range = TimeRange(
            since: Timestamp(microseconds: now.microseconds - hour), until: TimeRange.all.until)
        let context = QueryContext(
            now: now, defaultRange: range, additionalFilters: exchange.scope.filter.map { [$0] } ?? [],
            deadline: ContinuousClock.now + min(timeMax, exchange.limits.queryTimeMax),
            memoryByteCountMax: exchange.limits.queryByteCountMax)
        let completion = try await exchange.whileClientStays {
            try await QueryCompletion.complete(text, at: at, context: context, on: exchange.store, limit: limit)
        }
        return exchange.json { json in
            json.object { json in
                json.member("offset", completion.offset)
                json.member("length", completion.length)
                json.key("items")
                json.array(completion.items) { json, item in
                    json.object { json in
                        json.member("text", item.text)
                        json.member("kind", item.kind.rawValue)
                        if let count = item.count { json.member("count", Int(count)) }
                    }
                }
            }
        }
    }
}
