import HummingbirdCore

/// `GET /api/v1/admin/scrubbing`: what is taken out of entries, and how often it was.
enum ScrubbingRoute {
    @Sendable static func show(_ exchange: Exchange) async throws -> Response {
        try exchange.checkNoParameters()
        let scrubber = exchange.services.scrubber
        return exchange.json { json in
            json.object { json in
                json.key("rules")
                json.array(zip(scrubber.rules, scrubber.replacedCounts)) { json, row in
                    json.object { json in
                        json.member("class", row.0.name)
                        json.key("expressions")
                        json.array(row.0.expressions) { json, text in json.value(text) }
                        json.member("replaced", row.1)
                    }
                }
            }
        }
    }
}
