import HTTPTypes
import HummingbirdCore
import LogDB

/// Copies the store to somewhere else.
enum BackupRoute {
    static let coldChoices = ["copy", "name"]

    /// `POST /api/v1/admin/backup`.
    @Sendable static func backup(_ exchange: Exchange) async throws -> Response {
        try exchange.checkNoParameters()
        var members = try await exchange.bodyObject()
        let text = try members.require("to")
        let cold = try members.take("cold") ?? coldChoices[0]
        try members.checkAllTaken()
        guard coldChoices.contains(cold) else {
            throw Problem.parameter(
                "cold", "invalid_parameter", "“cold” is copy or name, not “\(cold)”.", expected: coldChoices)
        }
        let place: BackupPlace
        do throws(LogError) {
            place = try BackupPlace(text)
        } catch {
            throw Problem.parameter("to", "invalid_parameter", "“to”: \(error.message).")
        }
        let (store, author, artifacts) = (exchange.store, exchange.author, exchange.services.artifacts)
        try await AuditLog(store).append(
            AuditEvent(
                actor: author.actor, action: "store.backup", target: text, address: author.address, detail: ""))
        let job = exchange.services.jobs.startReporting("backup") { progress in
            .backup(
                try await StoreBackup.make(
                    of: store, artifacts, to: place, copiesColdObjects: cold == coldChoices[0], progress: progress))
        }
        guard let job else { throw LogError.stopped }
        return exchange.json(status: .accepted) { json in
            json.object { $0.member("job_id", job) }
        }
    }
}
