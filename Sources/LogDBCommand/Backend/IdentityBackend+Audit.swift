import LogModel
import Server

extension IdentityBackend {
    /// What a check of the audit log's chain found.
    struct Chain {
        var count: UInt64
        var head: String
        var brokenAt: UInt64?
    }

    /// The newest first.
    func audit(limit: Int) async throws -> [Row] {
        switch self {
        case .server(let client):
            let answer = try await client.json("GET", "/api/v1/admin/audit?limit=\(limit)")
            return (answer["entries"]?.elements ?? []).map { entry in
                ["time", "actor", "action", "target", "outcome", "address", "detail"].map {
                    ($0, entry[$0]?.text ?? "")
                }
            }
        case .store(let store, _):
            return try await AuditLog(store).entries(limit: limit).map {
                [
                    ("time", $0.time.description), ("actor", $0.actor), ("action", $0.action), ("target", $0.target),
                    ("outcome", $0.isRefused ? "refused" : "done"), ("address", $0.address), ("detail", $0.detail),
                ]
            }
        }
    }

    func verifyAudit() async throws -> Chain {
        switch self {
        case .server(let client):
            let answer = try await client.json("GET", "/api/v1/admin/audit?limit=1&verify=true")
            guard let chain = answer["chain"], let count = chain["entries"]?.unsigned, let head = chain["head"]?.text
            else { throw CommandFailure("\(client.url) did not check its audit log; is it a LogDB server?") }
            return Chain(count: count, head: head, brokenAt: chain["broken_at"]?.unsigned)
        case .store(let store, _):
            let found = try await AuditLog(store).verify()
            return Chain(count: found.count, head: found.head, brokenAt: found.brokenAt)
        }
    }
}
