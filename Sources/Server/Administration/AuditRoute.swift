import HummingbirdCore

/// `GET /api/v1/admin/audit`: what was done by whom, the newest first.
enum AuditRoute {
    @Sendable static func audit(_ exchange: Exchange) async throws -> Response {
        var parameters = try exchange.parameters()
        let limits = exchange.limits
        let limit = try parameters.takeInteger("limit", in: 1...limits.rowCountMax) ?? limits.rowCountDefault
        let cursor = try parameters.takeInteger("cursor", in: 1...Int.max)
        let isVerified = try parameters.takeChoice("verify", ["true": true, "false": false]) ?? false
        try parameters.checkAllTaken()
        let log = AuditLog(exchange.store)
        let entries = try await log.entries(before: cursor.map { UInt64($0) }, limit: limit)
        let verification = isVerified ? try await log.verify() : nil
        return exchange.json { json in
            json.object { json in
                json.key("entries")
                json.array(entries) { json, entry in
                    json.object { json in
                        json.member("id", entry.id)
                        json.member("time", entry.time)
                        json.member("actor", entry.actor)
                        json.member("action", entry.action)
                        json.member("target", entry.target)
                        json.member("outcome", entry.isRefused ? "refused" : "done")
                        json.member("address", entry.address)
                        json.member("detail", entry.detail)
                        json.member("hash", entry.hash)
                    }
                }
                let last = entries.last.flatMap { $0.id > 1 ? $0.id : nil }
                json.member("next_cursor", entries.count == limit ? last.map { String($0) } : nil)
                if let verification {
                    json.key("chain")
                    json.object { json in
                        json.member("intact", verification.isIntact)
                        json.member("entries", verification.count)
                        json.member("head", verification.head)
                        if let brokenAt = verification.brokenAt { json.member("broken_at", brokenAt) }
                    }
                }
            }
        }
    }
}
