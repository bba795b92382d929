import HTTPTypes

/// Who may do what with which route: the one place that says so. What is not listed here, nobody may.
enum Policy {
    enum Access: Sendable, Equatable {
        /// Anybody, without a credential.
        case open
        /// Whoever has one.
        case signedIn
        /// Whoever has the permission; what they get is their own account's.
        case permitted(Permissions)
        /// Whoever has one of the permissions; what they get is their own account's.
        case permittedAny(Permissions)
        /// Whoever has the permission and belongs to the account `default`: it concerns the whole server.
        case permittedForServer(Permissions)
    }

    /// Paths under `/api/v1` that are answered without a credential; all others are refused before it is looked whether
    /// there is such a path.
    static let openPaths: Set<String> = [
        "/api/v1/auth/login", "/api/v1/auth/setup", "/api/v1/auth/refresh", "/api/v1/fleet/register", "/api/v1/ca",
    ]

    /// What the device listener answers without a certificate.
    static let openPathsOfDevices: Set<String> = ["/api/v1/fleet/register", "/api/v1/ca"]

    /// By pattern and method. HEAD is as GET.
    static let table: [String: [HTTPRequest.Method: Access]] = [
        "/api/v1/logs/ingest": [.post: .permitted(.ingest)],
        "/api/v1/logs": [
            .get: .permitted(.query), .post: .permitted(.query), .delete: .permitted(.administer),
        ],
        "/api/v1/logs/histogram": [.get: .permitted(.query)],
        "/api/v1/logs/fields": [.get: .permitted(.query)],
        "/api/v1/logs/fields/{name}/values": [.get: .permitted(.query)],
        "/api/v1/logs/complete": [.get: .permitted(.query)],
        "/api/v1/logs/export": [.get: .permitted(.query)],
        "/api/v1/logs/stream": [.get: .permitted(.query)],
        "/api/v1/logs/quarantine": [.get: .permitted(.operate)],
        "/api/v1/logs/quarantine/{id}": [.get: .permitted(.operate), .delete: .permitted(.operate)],
        "/api/v1/logs/quarantine/{id}/replay": [.post: .permitted(.operate)],
        "/api/v1/logs/{id}": [.get: .permitted(.query)],
        "/api/v1/logs/{id}/context": [.get: .permitted(.query)],
        "/api/v1/capsules/generate": [.post: .permitted(.operate)],
        "/api/v1/fleet/register": [.post: .open],
        "/api/v1/fleet/devices/{id}/certificate": [
            .get: .permittedAny([.query, .ingest]), .post: .permitted(.ingest),
        ],
        "/api/v1/fleet/devices/{id}/certificate/revoke": [.post: .permitted(.operate)],
        "/api/v1/fleet/heartbeat": [.post: .permitted(.ingest)],
        "/api/v1/fleet/devices/{id}/metrics": [.get: .permittedAny([.query, .ingest])],
        "/api/v1/fleet/devices/{id}/shadow": [
            .get: .permittedAny([.query, .ingest]), .put: .permittedAny([.operate, .ingest]),
        ],
        "/api/v1/sessions": [.get: .permittedAny([.query, .ingest]), .post: .permittedAny([.operate, .ingest])],
        "/api/v1/sessions/{id}": [.get: .permittedAny([.query, .ingest]), .put: .permittedAny([.operate, .ingest])],
        "/api/v1/sessions/{id}/timeline": [.get: .permitted(.query)],
        "/api/v1/sessions/{id}/files": [.get: .permitted(.query)],
        "/api/v1/sessions/{id}/files/download": [.get: .permitted(.query)],
        "/api/v1/sessions/{id}/archive": [.get: .permitted(.query)],
        "/api/v1/sessions/{id}/artifacts": [
            .get: .permittedAny([.operate, .ingest]), .post: .permittedAny([.operate, .ingest]),
            .delete: .permitted(.operate),
        ],
        "/api/v1/fleet/commands": [.post: .permitted(.operate)],
        "/api/v1/fleet/commands/dead-letters": [.get: .permitted(.operate)],
        "/api/v1/fleet/commands/{id}": [.get: .permitted(.operate), .delete: .permitted(.operate)],
        "/api/v1/fleet/commands/{id}/replay": [.post: .permitted(.operate)],
        "/api/v1/fleet/devices/{id}/commands": [.get: .permitted(.ingest)],
        "/api/v1/fleet/devices/{id}/commands/history": [.get: .permittedAny([.query, .ingest])],
        "/api/v1/fleet/devices/{id}/commands/{command}/result": [.post: .permitted(.ingest)],
        "/api/v1/fleet/devices": [.get: .permittedAny(.query)],
        "/api/v1/fleet/devices/{id}": [
            .get: .permittedAny([.query, .ingest]), .put: .permitted(.operate), .delete: .permitted(.operate),
        ],
        "/api/v1/admin/backup": [.post: .permittedForServer(.operate)],
        "/api/v1/admin/check": [.get: .permittedForServer(.operate)],
        "/api/v1/admin/compact": [.post: .permittedForServer(.operate)],
        "/api/v1/admin/deletions": [.get: .permittedForServer(.operate)],
        "/api/v1/admin/jobs": [.get: .permittedForServer(.operate)],
        "/api/v1/admin/jobs/{id}": [.get: .permittedForServer(.operate)],
        "/api/v1/admin/retention": [.get: .permittedForServer(.operate), .put: .permittedForServer(.operate)],
        "/api/v1/admin/scrubbing": [.get: .permittedForServer(.operate)],
        "/api/v1/admin/storage": [.get: .permittedForServer(.operate)],
        "/api/v1/admin/rekey": [.post: .permittedForServer(.operate)],
        "/api/v1/admin/tier": [.post: .permittedForServer(.operate)],
        "/api/v1/admin/verify": [.post: .permittedForServer(.operate)],
        "/api/v1/admin/users": [
            .get: .permitted(.administer), .post: .permitted(.administer), .delete: .permitted(.administer),
        ],
        "/api/v1/admin/users/{name}": [.delete: .permitted(.administer)],
        "/api/v1/admin/api-keys": [
            .get: .permitted(.administer), .post: .permitted(.administer), .delete: .permitted(.administer),
        ],
        "/api/v1/admin/api-keys/{name}": [.delete: .permitted(.administer)],
        "/api/v1/admin/audit": [.get: .permittedForServer(.administer)],
        "/api/v1/auth/setup": [.post: .open],
        "/api/v1/auth/login": [.post: .open],
        "/api/v1/auth/refresh": [.post: .open],
        "/api/v1/auth/logout": [.post: .signedIn],
        "/api/v1/auth/me": [.get: .signedIn],
        "/api/v1/ca": [.get: .open],
        "/api/v1/ca/crl": [.get: .signedIn],
        "/api/v1/version": [.get: .signedIn],
        "/api/v1/limits": [.get: .signedIn],
        "/api/v1/openapi.json": [.get: .signedIn],
        "/health": [.get: .open],
        "/ready": [.get: .open],
        "/metrics": [.get: .permittedForServer(.operate)],
        "/favicon.ico": [.get: .open],
        "/web/{file}": [.get: .open],
        "/web/{view}/{file}": [.get: .open],
        "/web/{version}/{view}/{file}": [.get: .open],
        "/": [.get: .open],
        "/logs": [.get: .open],
        "/fleet": [.get: .open],
        "/fleet/{id}": [.get: .open],
        "/sessions": [.get: .open],
        "/sessions/{id}": [.get: .open],
        "/sessions/{id}/files": [.get: .open],
        "/admin": [.get: .open],
    ]

    /// Whether a path is refused without a credential before anything else is known of it.
    static func needsCredential(_ path: Substring) -> Bool {
        guard path == "/api/v1" || path.hasPrefix("/api/v1/") else { return false }
        return !openPaths.contains(String(path))
    }

    /// Whether `principal` may use a route that has this access; nil where nobody is known to ask.
    static func isAllowed(_ principal: Principal?, _ access: Access?) -> Bool {
        switch access {
        case nil: false
        case .open: true
        case .signedIn: principal != nil
        case .permitted(let permission): principal?.permissions.contains(permission) ?? false
        case .permittedAny(let permissions): principal.map { !$0.permissions.isDisjoint(with: permissions) } ?? false
        case .permittedForServer(let permission):
            principal.map { $0.permissions.contains(permission) && $0.accountID == AccountRecord.defaultID } ?? false
        }
    }
}
