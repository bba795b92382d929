import HTTPTransport
import LogDB
import LogModel
import Server

extension IdentityBackend {
    /// What a capsule is to be for.
    struct CapsuleOrder {
        var dsn: String
        var type: DeviceType
        var environment: DeviceEnvironment
        /// Nil: as the server thinks.
        var backendURL: String?
        var composition: JSONValue?
        var account: String?
    }

    /// The files of a capsule.
    struct CapsuleText {
        var manifest: String
        var agentConfiguration: String
    }

    /// Where devices are sent to when nobody says where the server will be.
    private static let defaultBackendURL = "https://localhost:8443"

    /// - Parameter passphrase: Of the authority's key, on a data directory.
    func makeCapsule(_ order: CapsuleOrder, passphrase: String?) async throws -> CapsuleText {
        switch self {
        case .server(let client):
            var members: [JSONValue.Member] = [
                .init(name: "dsn", value: .string(order.dsn)), .init(name: "type", value: .string(order.type.name)),
                .init(name: "environment", value: .string(order.environment.name)),
            ]
            if let url = order.backendURL { members.append(.init(name: "backend_url", value: .string(url))) }
            if let composition = order.composition { members.append(.init(name: "composition", value: composition)) }
            if let account = order.account { members.append(.init(name: "account", value: .string(account))) }
            let answer = try await client.json(
                "POST", "/api/v1/capsules/generate", body: JSONValue.object(members).bytes)
            guard let manifest = answer["manifest"]?.text, let agent = answer["agent_config"]?.text else {
                throw CommandFailure("\(client.url) answered without a manifest; is it a LogDB server?")
            }
            return CapsuleText(manifest: manifest, agentConfiguration: agent)
        case .store(let store, let identities):
            return try await Self.translated {
                var request = Fleet.CapsuleRequest(dsn: order.dsn, type: order.type, environment: order.environment)
                request.composition = order.composition.map { String(decoding: $0.bytes, as: UTF8.self) } ?? ""
                let account = order.account ?? "default"
                guard let id = identities.accountID(named: account) else {
                    throw CommandFailure("there is no account “\(account)”")
                }
                request.accountID = id
                let authority = try CertificateAuthority.loadOrMake(store.directory, passphrase: passphrase)
                let capsule = try await Fleet(store).makeCapsule(request, accountName: account, by: .command)
                let files = CapsuleFiles(
                    capsule, backendURL: order.backendURL ?? Self.defaultBackendURL,
                    authorityPEM: authority.certificatePEM)
                return CapsuleText(manifest: files.manifest, agentConfiguration: files.agentConfiguration)
            }
        }
    }

    /// The serial numbers of the certificates that were good until now.
    func revoke(_ reference: String, serial: String?) async throws -> [String] {
        switch self {
        case .server(let client):
            let members = serial.map { [JSONValue.Member(name: "serial", value: .string($0))] } ?? []
            let answer = try await client.json(
                "POST", Self.devicePath(reference) + "/certificate/revoke", body: JSONValue.object(members).bytes)
            return (answer["revoked"]?.elements ?? []).compactMap(\.text)
        case .store(let store, _):
            return try await Self.translated {
                try await Fleet(store).revoke(reference, serial: serial, by: .command)
            }
        }
    }

    func revocationList(passphrase: String?) async throws -> [UInt8] {
        switch self {
        case .server(let client):
            let reply = try await client.send(HTTPCall(url: client.url + "/api/v1/ca/crl"))
            guard reply.status == 200 else { throw client.failure(reply.status, reply.body, query: "") }
            return reply.body
        case .store(let store, _):
            return try await Self.translated {
                guard let authority = try CertificateAuthority.load(store.directory, passphrase: passphrase) else {
                    throw CommandFailure("there is no authority in \(store.directory); logdb ca init makes it")
                }
                return try await Fleet(store).revocationList(authority)
            }
        }
    }
}
