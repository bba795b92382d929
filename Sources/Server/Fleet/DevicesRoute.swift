import HTTPTypes
import HummingbirdCore
import LogDB
import LogModel

/// Devices: those of the own account, or of all for one of the account `default`; a device sees itself.
enum DevicesRoute {
    /// `GET /api/v1/fleet/devices`, by id.
    @Sendable static func list(_ exchange: Exchange) async throws -> Response {
        var parameters = try exchange.parameters()
        let (limit, after) = try parameters.takePage(exchange.limits)
        var filter = DeviceFilter()
        filter.accountID = exchange.ownAccount
        filter.environment = try parameters.takeStored("environment")
        filter.status = try parameters.takeStored("status")
        filter.type = try parameters.takeStored("type")
        filter.search = try parameters.take("search")
        try parameters.checkAllTaken()
        let (devices, next) = try await exchange.services.fleet.devices(filter, after: after, limit: limit)
        return exchange.json { json in
            json.object { json in
                json.key("devices")
                json.array(devices) { $0.device($1, exchange) }
                json.member("next_cursor", next.map { String($0) })
            }
        }
    }

    /// `GET /api/v1/fleet/devices/{id}`.
    @Sendable static func show(_ exchange: Exchange) async throws -> Response {
        try exchange.checkNoParameters()
        let device = try await exchange.pathDevice()
        return exchange.json { $0.device(device, exchange) }
    }

    /// `PUT /api/v1/fleet/devices/{id}`.
    @Sendable static func update(_ exchange: Exchange) async throws -> Response {
        try exchange.checkNoParameters()
        var members = try await exchange.bodyParameters()
        var changes = Fleet.Changes()
        changes.name = try members.take("name")
        changes.type = try members.takeStored("device_type")
        changes.environment = try members.takeStored("environment")
        changes.status = try members.takeStored("status")
        if let name = try members.take("account") { changes.accountID = try account(name, exchange) }
        try members.checkAllTaken()
        let device = try await exchange.services.fleet.update(
            exchange.pathValues[0], changes, account: exchange.ownAccount, by: exchange.author)
        return exchange.json { $0.device(device, exchange) }
    }

    /// Devices are given to other accounts by the account `default` only.
    private static func account(_ name: String, _ exchange: Exchange) throws(Problem) -> UInt64 {
        guard exchange.ownAccount == nil, exchange.principal?.permissions.contains(.administer) == true else {
            throw Problem(403, "forbidden", "Only an administrator of the account “default” gives devices away.")
        }
        guard let found = exchange.services.identities.accountID(named: name) else {
            throw Problem.parameter("account", "unknown_account", "There is no account “\(name)”.")
        }
        return found
    }

    /// `DELETE /api/v1/fleet/devices/{id}`.
    @Sendable static func remove(_ exchange: Exchange) async throws -> Response {
        try exchange.checkNoParameters()
        try await exchange.services.fleet.decommission(
            exchange.pathValues[0], account: exchange.ownAccount, by: exchange.author)
        return Response(status: .noContent)
    }
}

extension Exchange {
    /// The account whose things are the principal's business; nil for those of all.
    var ownAccount: UInt64? {
        let account = principal?.accountID
        return account == AccountRecord.defaultID && principal?.kind != .device ? nil : account ?? 0
    }

    /// The device that the path names first: one of the own account, and for a device itself.
    ///
    /// - Throws: `FleetError` `.unknownDevice`; `LogError`.
    func pathDevice() async throws -> DeviceRecord {
        try await device(pathValues[0])
    }
}

extension Parameters {
    /// - Throws: `Problem` 400 `invalid_parameter`.
    mutating func takeStored<Choice: StoredChoice>(_ name: String) throws(Problem) -> Choice? {
        guard let text = try take(name) else { return nil }
        guard let choice = Choice(name: text) else {
            throw Problem.parameter(
                name, "invalid_parameter",
                "“\(name)” is \(Choice.names.joined(separator: " or ")), not “\(text)”.", expected: Choice.names)
        }
        return choice
    }

    /// `limit` and `cursor` of a list by id.
    mutating func takePage(_ limits: ServerLimits) throws(Problem) -> (limit: Int, after: UInt64) {
        let limit = try takeInteger("limit", in: 1...limits.rowCountMax) ?? limits.rowCountDefault
        guard let text = try take("cursor") else { return (limit, 0) }
        guard let after = UInt64(text), after <= UInt64(Int64.max) else {
            throw Problem.parameter("cursor", "invalid_cursor", "The cursor is not one of an answer's “next_cursor”.")
        }
        return (limit, after)
    }
}
