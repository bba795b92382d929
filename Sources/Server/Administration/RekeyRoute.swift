import HTTPTypes
import HummingbirdCore
import LogDB

/// Changes the key that objects are encrypted under.
enum RekeyRoute {
    /// `POST /api/v1/admin/rekey`.
    @Sendable static func rekey(_ exchange: Exchange) async throws -> Response {
        try exchange.checkNoParameters()
        var members = try await exchange.bodyObject()
        let text = try members.take("backups")
        try members.checkAllTaken()
        let backups: BackupPlace?
        do throws(LogError) {
            backups = try text.map { (text) throws(LogError) in try BackupPlace(text) }
        } catch {
            throw Problem.parameter("backups", "invalid_parameter", "“backups”: \(error.message).")
        }
        let (store, author, artifacts) = (exchange.store, exchange.author, exchange.services.artifacts)
        do throws(LogError) {
            try await store.reloadEncryptionKeys()
        } catch {
            guard error.code == .invalidOptions else { throw error }
            throw Problem(409, "invalid_keys", "\(error.message.capitalizedSentence)")
        }
        try await AuditLog(store).append(
            AuditEvent(
                actor: author.actor, action: "store.rekey", target: store.encryptionKeyID ?? "",
                address: author.address, detail: text ?? ""))
        let job = exchange.services.jobs.startReporting("rekey") { progress in
            .rekey(try await KeyRenewals.run(of: store, artifacts, backups: backups, progress: progress))
        }
        guard let job else { throw LogError.stopped }
        return exchange.json(status: .accepted) { json in
            json.object { $0.member("job_id", job) }
        }
    }
}
