import Testing

@testable import Server

/// A server that wants credentials, with a user of each role and a key for each scope.
struct GuardedServer {
    static let password = "correct horse"

    let server: RunningServer

    init(in directory: ScratchDirectory? = nil, limits: ServerLimits = ServerLimits()) async throws {
        server = try await RunningServer(in: directory, limits: limits, authentication: .required)
    }

    var identities: Identities { server.server.services.identities }

    /// Adds a user named as the role, and signs in.
    func user(_ role: Role, _ name: String? = nil, account: String = "default") async throws -> Credential {
        let name = name ?? role.rawValue
        try await identities.addUser(
            name, role: role, account: account, password: GuardedServer.password, by: .command)
        return try await signIn(name)
    }

    func signIn(_ name: String, _ password: String = GuardedServer.password) async throws -> Credential {
        let answer = try await login(name, password)
        try #require(answer.status == 200, "\(answer.text)")
        return Credential(["Authorization": "Bearer \(try #require(answer.json["access_token"]?.text))"])
    }

    func login(_ name: String, _ password: String, cookie: Bool = false) async throws -> Answer {
        try await send(
            "POST", "/api/v1/auth/login",
            json: #"{"username":"\#(name)","password":"\#(password)"\#(cookie ? #","cookie":true"# : "")}"#)
    }

    func key(_ scopes: String..., account: String = "default", perSecond: UInt64 = 0, perDay: UInt64 = 0)
        async throws -> Credential
    {
        let name = "key-\(scopes.joined(separator: "-"))-\(account)-\(perSecond)-\(perDay)"
        let (text, _) = try await identities.addAPIKey(
            name, scopes: scopes, account: account, perSecondMax: perSecond, perDayMax: perDay, by: .command)
        return Credential(["X-API-Key": text])
    }

    func send(
        _ method: String = "GET", _ path: String, as credential: Credential = .none, json: String? = nil,
        headers: [String: String] = [:]
    ) async throws -> Answer {
        var headers = headers.merging(credential.headers) { $1 }
        if json != nil { headers["Content-Type"] = "application/json" }
        return try await server.send(method, path, headers: headers, body: Array((json ?? "").utf8))
    }
}

/// What a request shows of who sends it.
struct Credential {
    var headers: [String: String]
    init(_ headers: [String: String]) { self.headers = headers }
    static let none = Credential([:])

    var bearer: String { headers["Authorization"].map { String($0.dropFirst("Bearer ".count)) } ?? "" }
}
