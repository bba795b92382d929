import HTTPTypes
import HummingbirdCore
import LogDB
import LogModel
import Synchronization

enum CapsulesRoute {
    static let mediaType = "application/yaml"
    private static let compositionByteCountMax = 32 << 10

    /// `POST /api/v1/capsules/generate`: the manifest as YAML, or for who takes JSON both files in it.
    @Sendable static func generate(_ exchange: Exchange) async throws -> Response {
        try exchange.checkNoParameters()
        let isJSON = exchange.request.headers[.accept]?.contains("application/json") == true
        return try await exchange.creatingAs(
            isJSON ? "application/json" : mediaType, isSecret: true
        ) { body, note in
            var members = try BodyObject(body)
            var request = Fleet.CapsuleRequest(
                dsn: try members.require("dsn"), type: try members.requireStored("type"),
                environment: try members.takeStored("environment") ?? .testing)
            request.composition = try members.takeObject("composition", byteCountMax: compositionByteCountMax) ?? ""
            let backendURL = try members.take("backend_url") ?? exchange.services.backendURL
            let accountName = try members.take("account")
            try members.checkAllTaken()
            let account = try exchange.account(named: accountName)
            request.accountID = account.id
            request.ownerID = exchange.principal?.kind == .user ? exchange.principal?.id ?? 0 : 0
            let authority = try exchange.services.authority.get()
            let capsule = try await exchange.services.fleet.makeCapsule(
                request, accountName: account.name, by: exchange.author
            ) { (editor) throws(LogError) in try note.record(nil, in: editor) }
            let files = CapsuleFiles(capsule, backendURL: backendURL, authorityPEM: authority.certificatePEM)
            return isJSON ? json(files) : Array(files.manifest.utf8)
        }
    }

    private static func json(_ files: CapsuleFiles) -> [UInt8] {
        var json = JSONOutput()
        json.object { json in
            json.member("capsule_id", files.capsule.id)
            json.member("dsn", files.capsule.request.dsn)
            json.member("registration_token", files.capsule.token)
            json.member("expires_at", files.capsule.expires)
            json.member("backend_url", files.backendURL)
            json.member("manifest", files.manifest)
            json.member("agent_config", files.agentConfiguration)
        }
        return json.bytes
    }
}

extension Services {
    /// Where devices reach this server: on the device listener where there is one.
    var backendURL: String {
        let name = publicName ?? "localhost"
        let device = devicePort.load(ordering: .acquiring)
        if device != 0 { return "https://\(ServerConfiguration.address(name, device))" }
        return
            "\(isSecure ? "https" : "http")://\(ServerConfiguration.address(name, mainPort.load(ordering: .acquiring)))"
    }
}

extension Exchange {
    /// The account that something is made for: the own one, or for the account `default` any.
    ///
    /// - Throws: `Problem` 400, 403.
    func account(named name: String?) throws(Problem) -> (id: UInt64, name: String) {
        let own = (principal?.accountID ?? 0, principal?.accountName ?? "")
        guard let name, name != own.1 else { return own }
        guard own.0 == AccountRecord.defaultID else {
            throw Problem(403, "forbidden", "Only the account “default” does things for other accounts.")
        }
        guard let found = services.identities.accountID(named: name) else {
            throw Problem.parameter("account", "unknown_account", "There is no account “\(name)”.")
        }
        return (found, name)
    }
}
