import LogModel

/// Who sent a request, and what that one may do.
struct Principal: Sendable {
    enum Kind: String, Sendable {
        /// Nobody was asked: the server runs without authentication.
        case everyone
        case user
        case apiKey = "api_key"
        case device
    }

    var kind: Kind
    /// The user's or key's; 0 where there is none.
    var id: UInt64 = 0
    var name: String
    var accountID: UInt64
    var accountName: String
    var permissions: Permissions
    /// A user's.
    var role: Role?
    /// The sign-in that a token belongs to.
    var signInID: UInt64?
    /// When the credential stops being good; nil for one that lasts until it is taken back.
    var expires: Timestamp?
    /// Whether the credential came by itself, as a browser sends it with any request.
    var isFromCookie = false

    /// As the audit log names it.
    var auditName: String { "\(kind.rawValue):\(name)" }

    /// A device stores its own entries.
    static func device(_ name: String, accountID: UInt64, accountName: String) -> Principal {
        Principal(
            kind: .device, name: name, accountID: accountID, accountName: accountName, permissions: [.ingest])
    }

    /// Without authentication everyone is an administrator of the account `default`.
    static let everyone = Principal(
        kind: .everyone, name: "everyone", accountID: AccountRecord.defaultID, accountName: AccountRecord.defaultName,
        permissions: .all, role: .admin)
}
