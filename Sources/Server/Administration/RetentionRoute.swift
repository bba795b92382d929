import HTTPTypes
import HummingbirdCore
import LogDB
import LogModel
import NIOCore

/// How long entries are kept, and where.
enum RetentionRoute {
    /// `GET /api/v1/admin/retention`.
    @Sendable static func show(_ exchange: Exchange) async throws -> Response {
        try exchange.checkNoParameters()
        let policy = exchange.store.retentionPolicy
        return exchange.json(RetentionDocument.json(policy, try await exchange.store.retentionEffects(policy)))
    }

    /// `PUT /api/v1/admin/retention`.
    @Sendable static func set(_ exchange: Exchange) async throws -> Response {
        var parameters = try exchange.parameters()
        let isDryRun = try parameters.takeChoice("dry_run", ["true": true, "false": false]) ?? false
        try parameters.checkAllTaken()
        let body = try await exchange.bodyBytes()
        guard let document = JSONValue(Array(body.readableBytesView)) else {
            throw Problem(400, "invalid_json", "The body is no JSON object.")
        }
        let policy: RetentionPolicy
        do throws(RetentionDocument.Fault) {
            policy = try RetentionDocument.policy(document)
        } catch {
            throw Problem.parameter(error.name, "invalid_parameter", "“\(error.name)”: \(error.message).")
        }
        let effects = try await exchange.store.retentionEffects(policy)
        if !isDryRun { try await Retentions(exchange.store).set(policy, by: exchange.author) }
        return exchange.json(RetentionDocument.json(policy, effects))
    }
}

extension Exchange {
    fileprivate func json(_ value: JSONValue) -> Response { json { $0.bytes += value.bytes } }
}
