import HTTPTypes
import HummingbirdCore
import LogDB

/// Reads all of the store, to find damage before a question does.
enum VerificationRoute {
    /// `POST /api/v1/admin/verify`.
    @Sendable static func verify(_ exchange: Exchange) async throws -> Response {
        try exchange.checkNoParameters()
        var members = try await exchange.bodyObject()
        let isRepairing = try members.takeFlag("repair") ?? false
        try members.checkAllTaken()
        let store = exchange.store
        let artifacts = exchange.services.artifacts
        let author = exchange.author
        if isRepairing {
            try await AuditLog(store).append(
                AuditEvent(
                    actor: author.actor, action: "store.repair", target: "store", address: author.address, detail: ""))
        }
        let kind = isRepairing ? "repair" : "verify"
        let job = exchange.services.jobs.startReporting(kind) { progress in
            .verification(
                try await StoreCheck.verify(
                    store, artifacts, isRepairing: isRepairing, progress: progress))
        }
        guard let job else { throw LogError.stopped }
        return exchange.json(status: .accepted) { json in
            json.object { $0.member("job_id", job) }
        }
    }
}
