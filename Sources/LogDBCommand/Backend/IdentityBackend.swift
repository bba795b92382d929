import HTTPTransport
import LogDB
import LogModel
import Server

/// The users, API keys and audit log of a server, or of a data directory that no server has open.
enum IdentityBackend {
    case server(ServerClient)
    case store(LogStore, Identities)

    /// A user or key as a row to show.
    typealias Row = [(name: String, value: String)]

    /// Runs `body`, and closes the store whatever happens.
    ///
    /// - Parameter isMade: Whether a data directory without a store gets one.
    static func with<Result>(
        _ target: TargetOptions, isMade: Bool, _ body: (IdentityBackend) async throws -> Result
    ) async throws -> Result {
        switch try target.target() {
        case .server(let url): return try await body(.server(try target.client(url)))
        case .data(let directory):
            let backend = try await StoreBackend.open(
                directory, isMade: isMade, keys: try KeyFile.read(target.encryptionKeys))
            do {
                let result = try await body(.store(backend.store, try await Identities(backend.store)))
                await backend.close()
                return result
            } catch {
                await backend.close()
                if let error = error as? IdentityError { throw CommandFailure(error.message) }
                if let error = error as? LogError { throw StoreBackend.failure(error, directory: directory) }
                throw error
            }
        }
    }

    // MARK: Users

    func addUser(_ name: String, role: Role, account: String?, password: String) async throws {
        switch self {
        case .server(let client):
            var members: [(String, String)] = [
                ("username", name), ("role", role.rawValue), ("password", password),
            ]
            if let account { members.append(("account", account)) }
            _ = try await client.json("POST", "/api/v1/admin/users", body: IdentityBackend.body(members))
        case .store(_, let identities):
            try await identities.addUser(
                name, role: role, account: account ?? "default", password: password, by: .command)
        }
    }

    func removeUser(_ name: String) async throws {
        switch self {
        case .server(let client): try await client.delete("/api/v1/admin/users", [("username", name)])
        case .store(_, let identities): try await identities.removeUser(name, by: .command)
        }
    }

    func users() async throws -> [Row] {
        switch self {
        case .server(let client):
            return try await client.json("GET", "/api/v1/admin/users")["users"]?.elements.map { user in
                ["username", "role", "account", "created"].map { ($0, user[$0]?.text ?? "") }
            } ?? []
        case .store(_, let identities):
            return identities.users.map {
                [
                    ("username", $0.name), ("role", $0.role.rawValue), ("account", $0.account),
                    ("created", $0.created.description),
                ]
            }
        }
    }

    // MARK: API keys

    /// - Returns: The key itself.
    func addAPIKey(
        _ name: String, scopes: [String], account: String?, perSecond: UInt64, perDay: UInt64
    ) async throws -> String {
        switch self {
        case .server(let client):
            var members: [JSONValue.Member] = [
                .init(name: "name", value: .string(name)),
                .init(name: "scopes", value: .array(scopes.map { .string($0) })),
                .init(name: "per_second", value: .number(String(perSecond))),
                .init(name: "per_day", value: .number(String(perDay))),
            ]
            if let account { members.append(.init(name: "account", value: .string(account))) }
            let answer = try await client.json(
                "POST", "/api/v1/admin/api-keys", body: JSONValue.object(members).bytes)
            guard let key = answer["key"]?.text else {
                throw CommandFailure("\(client.url) answered without a key; is it a LogDB server?")
            }
            return key
        case .store(_, let identities):
            return try await identities.addAPIKey(
                name, scopes: scopes, account: account ?? "default", perSecondMax: perSecond, perDayMax: perDay,
                by: .command
            ).text
        }
    }

    func removeAPIKey(_ name: String) async throws {
        switch self {
        case .server(let client): try await client.delete("/api/v1/admin/api-keys", [("name", name)])
        case .store(_, let identities): try await identities.removeAPIKey(name, by: .command)
        }
    }

    func apiKeys() async throws -> [Row] {
        switch self {
        case .server(let client):
            return try await client.json("GET", "/api/v1/admin/api-keys")["api_keys"]?.elements.map { key in
                [
                    ("name", key["name"]?.text ?? ""), ("account", key["account"]?.text ?? ""),
                    ("scopes", (key["scopes"]?.elements ?? []).compactMap(\.text).joined(separator: " ")),
                    ("per_second", IdentityBackend.bound(key["per_second"]?.unsigned ?? 0)),
                    ("per_day", IdentityBackend.bound(key["per_day"]?.unsigned ?? 0)),
                    ("created", key["created"]?.text ?? ""),
                ]
            } ?? []
        case .store(_, let identities):
            return identities.apiKeys.map {
                [
                    ("name", $0.name), ("account", $0.account), ("scopes", $0.scopes.joined(separator: " ")),
                    ("per_second", IdentityBackend.bound($0.perSecondMax)),
                    ("per_day", IdentityBackend.bound($0.perDayMax)), ("created", $0.created.description),
                ]
            }
        }
    }

    private static func bound(_ count: UInt64) -> String { count == 0 ? "any" : String(count) }

    private static func body(_ members: [(String, String)]) -> [UInt8] {
        JSONValue.object(members.map { JSONValue.Member(name: $0, value: .string($1)) }).bytes
    }
}

extension ServerClient {
    /// Sends a request whose answer has no body.
    func delete(_ path: String, _ parameters: [(name: String, value: String)] = []) async throws {
        let target = parameters.isEmpty ? path : ServerClient.path(path, parameters)
        let reply = try await send(HTTPCall(method: "DELETE", url: url + target))
        guard (200..<300).contains(reply.status) else { throw failure(reply.status, reply.body, query: "") }
    }
}
