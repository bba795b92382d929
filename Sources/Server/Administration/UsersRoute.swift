import HTTPTypes
import HummingbirdCore

/// Users, as an administrator sees them: those of the own account, or of all for one of the account `default`.
enum UsersRoute {
    /// `GET /api/v1/admin/users`.
    @Sendable static func list(_ exchange: Exchange) async throws -> Response {
        try exchange.checkNoParameters()
        let users = exchange.identities.users.filter { exchange.administers($0.account) }
        return exchange.json { json in
            json.object { json in
                json.key("users")
                json.array(users) { json, user in json.user(user) }
            }
        }
    }

    /// `POST /api/v1/admin/users`.
    @Sendable static func add(_ exchange: Exchange) async throws -> Response {
        try exchange.checkNoParameters()
        let identities = exchange.identities
        return try await exchange.creating { members in
            let name = try members.require("username")
            let password = try members.require("password")
            let role = try members.takeChoice(
                "role", ["viewer": Role.viewer, "operator": .operator, "admin": .admin])
            let account = try members.take("account") ?? exchange.principal?.accountName ?? AccountRecord.defaultName
            try members.checkAllTaken()
            guard let role else { throw Problem.missing("role", expected: Role.allCases.map(\.rawValue)) }
            try exchange.checkAdministers(account)
            let user = try await identities.addUser(
                name, role: role, account: account, password: password, by: exchange.author)
            var json = JSONOutput()
            json.user(user)
            return json
        }
    }

    /// `DELETE /api/v1/admin/users/{name}`, and `DELETE /api/v1/admin/users?username=`.
    @Sendable static func remove(_ exchange: Exchange) async throws -> Response {
        let identities = exchange.identities
        let name = try exchange.targetName("username")
        guard identities.users.contains(where: { $0.name == name && exchange.administers($0.account) }) else {
            throw Problem(IdentityError(.unknown, "there is no user “\(name)”"))
        }
        try await identities.removeUser(name, by: exchange.author)
        return Response(status: .noContent)
    }
}

/// API keys, as an administrator sees them.
enum APIKeysRoute {
    /// `GET /api/v1/admin/api-keys`.
    @Sendable static func list(_ exchange: Exchange) async throws -> Response {
        try exchange.checkNoParameters()
        let keys = exchange.identities.apiKeys.filter { exchange.administers($0.account) }
        return exchange.json { json in
            json.object { json in
                json.key("api_keys")
                json.array(keys) { json, key in
                    json.object { $0.members(of: key) }
                }
            }
        }
    }

    /// `POST /api/v1/admin/api-keys`: the one answer that has the key itself.
    @Sendable static func add(_ exchange: Exchange) async throws -> Response {
        try exchange.checkNoParameters()
        let identities = exchange.identities
        return try await exchange.creating(isSecret: true) { members in
            let name = try members.require("name")
            let scopes = members.takeAll("scopes")
            let perSecond = try members.takeInteger("per_second", in: 0...1_000_000) ?? 0
            let perDay = try members.takeInteger("per_day", in: 0...1_000_000_000) ?? 0
            let account = try members.take("account") ?? exchange.principal?.accountName ?? AccountRecord.defaultName
            try members.checkAllTaken()
            try exchange.checkAdministers(account)
            let (text, key) = try await identities.addAPIKey(
                name, scopes: scopes, account: account, perSecondMax: UInt64(perSecond), perDayMax: UInt64(perDay),
                by: exchange.author)
            var json = JSONOutput()
            json.object { json in
                json.members(of: key)
                json.member("key", text)
            }
            return json
        }
    }

    /// `DELETE /api/v1/admin/api-keys/{name}`, and `DELETE /api/v1/admin/api-keys?name=`.
    @Sendable static func remove(_ exchange: Exchange) async throws -> Response {
        let identities = exchange.identities
        let name = try exchange.targetName("name")
        guard identities.apiKeys.contains(where: { $0.name == name && exchange.administers($0.account) }) else {
            throw Problem(IdentityError(.unknown, "there is no API key “\(name)”"))
        }
        try await identities.removeAPIKey(name, by: exchange.author)
        return Response(status: .noContent)
    }
}

extension Exchange {
    fileprivate var identities: Identities { services.identities }

    /// Whether the users and keys of an account are this principal's business.
    fileprivate func administers(_ account: String) -> Bool {
        guard let principal else { return false }
        return principal.accountID == AccountRecord.defaultID || principal.accountName == account
    }

    fileprivate func checkAdministers(_ account: String) throws(Problem) {
        guard administers(account) else {
            throw Problem(403, "forbidden", "Only an administrator of the account “default” adds to other accounts.")
        }
    }

    /// The name in the path, or as a parameter.
    fileprivate func targetName(_ parameter: String) throws(Problem) -> String {
        var parameters = try parameters()
        if let name = pathValues.first {
            try parameters.checkAllTaken()
            return name
        }
        let name = try parameters.require(parameter)
        try parameters.checkAllTaken()
        return name
    }
}

extension JSONOutput {
    fileprivate mutating func user(_ user: Identities.User) {
        object { json in
            json.member("id", user.id)
            json.member("username", user.name)
            json.member("role", user.role.rawValue)
            json.member("account", user.account)
            json.member("created", user.created)
        }
    }

    fileprivate mutating func members(of key: Identities.APIKey) {
        member("id", key.id)
        member("name", key.name)
        member("account", key.account)
        self.key("scopes")
        array(key.scopes) { json, scope in json.value(scope) }
        member("per_second", key.perSecondMax)
        member("per_day", key.perDayMax)
        member("created", key.created)
    }
}
