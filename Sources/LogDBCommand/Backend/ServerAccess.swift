import HTTPTransport

/// What a server asks of whoever speaks with it, and whom the client trusts.
struct ServerAccess {
    enum Credential {
        case apiKey(String)
        case token(String)
    }

    var credential: Credential?
    /// A PEM file; nil for the system's authorities.
    var authoritiesFile: String?

    var headers: [HTTPField] {
        switch credential {
        case .apiKey(let key): [HTTPField("X-API-Key", key)]
        case .token(let token): [HTTPField("Authorization", "Bearer \(token)")]
        case nil: []
        }
    }

    /// As LOGDB_API_KEY, LOGDB_TOKEN and LOGDB_CA_FILE say.
    static var environment: ServerAccess {
        let key = Terminal.environment("LOGDB_API_KEY").map { Credential.apiKey($0) }
        let token = Terminal.environment("LOGDB_TOKEN").map { Credential.token($0) }
        return ServerAccess(credential: key ?? token, authoritiesFile: Terminal.environment("LOGDB_CA_FILE"))
    }
}
