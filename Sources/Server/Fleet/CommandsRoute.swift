import HTTPTypes
import HummingbirdCore
import LogDB
import LogModel
import Query

/// What devices are told to do.
enum CommandsRoute {
    private static let waitMax: Int64 = 60_000_000
    private static let nameByteCountMax = 256
    private static let argumentsByteCountMax = 32 << 10
    private static let outputByteCountMax = 48 << 10
    private static let lifetimes: ClosedRange<Int64> = 1_000_000...(30 * 86_400_000_000)

    /// `POST /api/v1/fleet/commands`: to one device, or to all that a filter finds.
    @Sendable static func send(_ exchange: Exchange) async throws -> Response {
        try exchange.checkNoParameters()
        return try await exchange.creatingAs("application/json") { body, note in
            var members = try BodyObject(body)
            var order = Fleet.Order(command: try members.require("command"))
            guard order.command.utf8.count <= nameByteCountMax else {
                throw Problem.parameter(
                    "command", "invalid_parameter", "“command” has at most \(nameByteCountMax) bytes.")
            }
            order.arguments = try members.takeObject("arguments", byteCountMax: argumentsByteCountMax) ?? "{}"
            if let text = try members.take("expires_in") { order.lifetime = try lifetime(text) }
            if let count = try members.takeInteger("max_attempts", in: 1...20) { order.attemptsMax = UInt64(count) }
            let reference = try members.take("device_id")
            let filter = try members.take("filter")
            try members.checkAllTaken()
            guard (reference == nil) != (filter == nil) else {
                throw Problem.missing("device_id", expected: ["filter"])
            }
            let fleet = exchange.services.fleet
            let devices: [DeviceRecord]
            if let reference {
                devices = [try await exchange.device(reference)]
            } else {
                devices = try await found(try CommandsRoute.filter(filter ?? "", exchange.ownAccount), fleet)
            }
            let isOne = reference != nil
            let ids = try await fleet.send(order, to: devices, by: exchange.author) {
                (editor, ids) throws(LogError) in
                try note.record(sent(ids, isOne: isOne), in: editor)
            }
            return sent(ids, isOne: isOne)
        }
    }

    private static func sent(_ ids: [UInt64], isOne: Bool) -> [UInt8] {
        var json = JSONOutput()
        json.object { json in
            if isOne { json.member("command_id", ids[0]) }
            json.key("command_ids")
            json.array(ids) { json, id in json.value(id) }
            json.member("status", CommandRecord.Status.queued.name)
        }
        return json.bytes
    }

    private static func found(_ filter: DeviceFilter, _ fleet: Fleet) async throws -> [DeviceRecord] {
        let (devices, next) = try await fleet.devices(filter, limit: Fleet.broadcastCountMax)
        guard next == nil else {
            throw Problem(
                422, "too_many_devices", "The filter finds more than \(Fleet.broadcastCountMax) devices; narrow it.")
        }
        guard !devices.isEmpty else { throw Problem(404, "unknown_device", "The filter finds no device.") }
        return devices
    }

    private static func lifetime(_ text: String) throws(Problem) -> Int64 {
        let given = Int32(text).map { Int64($0) * 1_000_000 }
        guard let lifetime = given ?? (try? Query.QueryParameters.duration(text)), lifetimes.contains(lifetime) else {
            throw Problem.parameter(
                "expires_in", "invalid_parameter", "“expires_in” is a time from 1s to 30d, not “\(text)”.",
                expected: ["1h"])
        }
        return lifetime
    }

    /// Reads `environment:testing type:drone`; a word alone is looked for.
    static func filter(_ text: String, _ account: UInt64?) throws(Problem) -> DeviceFilter {
        var filter = DeviceFilter()
        filter.accountID = account
        var parts: [(name: String, value: String)] = []
        for word in text.split(separator: " ") {
            let colon = word.firstIndex(of: ":")
            guard let colon else {
                parts.append(("search", String(word)))
                continue
            }
            parts.append((String(word[..<colon]), String(word[word.index(after: colon)...])))
        }
        var parameters = Parameters(parts)
        filter.environment = try parameters.takeStored("environment")
        filter.status = try parameters.takeStored("status")
        filter.type = try parameters.takeStored("type")
        filter.search = try parameters.take("search")
        try parameters.checkAllTaken()
        return filter
    }

    /// `GET /api/v1/fleet/devices/{id}/commands`: those that the device is to have now; with `wait` it waits for one.
    @Sendable static func poll(_ exchange: Exchange) async throws -> Response {
        var parameters = try exchange.parameters()
        var wait: Int64 = 0
        if let text = try parameters.take("wait") {
            guard text != "0", let time = try? Query.QueryParameters.duration(text), time <= waitMax else {
                throw Problem.parameter(
                    "wait", "invalid_parameter", "“wait” is a time up to 60s, not “\(text)”.", expected: ["30s"])
            }
            wait = time
        }
        try parameters.checkAllTaken()
        let device = try await exchange.pathDevice()
        let time = Duration.microseconds(wait)
        let commands = try await exchange.whileClientStays {
            try await exchange.services.fleet.awaitCommands(of: device.id, for: time)
        }
        return exchange.json { json in
            json.object { json in
                json.key("commands")
                json.array(commands) { $0.command($1) }
            }
        }
    }

    /// `POST /api/v1/fleet/devices/{id}/commands/{cid}/result`.
    @Sendable static func result(_ exchange: Exchange) async throws -> Response {
        try exchange.checkNoParameters()
        let device = try await exchange.pathDevice()
        let id = try commandID(exchange.pathValues[1])
        var members = try await exchange.bodyObject()
        let choices = [CommandRecord.Status.acknowledged, .succeeded, .failed]
        guard let status: CommandRecord.Status = try members.takeStored("status"), choices.contains(status) else {
            throw Problem.parameter(
                "status", "invalid_parameter", "“status” is acknowledged, succeeded or failed.",
                expected: choices.map(\.name))
        }
        var report = Fleet.Report(status: status)
        report.output = try members.take("output").map { $0.prefix(byteCount: outputByteCountMax) } ?? ""
        report.exitCode = try members.takeInteger("exit_code", in: Int64(Int32.min)...Int64(Int32.max))
        try members.checkAllTaken()
        let command = try await exchange.services.fleet.report(report, of: id, device: device.id)
        return exchange.json { $0.command(command) }
    }

    /// `GET /api/v1/fleet/devices/{id}/commands/history`, the newest first.
    @Sendable static func history(_ exchange: Exchange) async throws -> Response {
        var parameters = try exchange.parameters()
        let (limit, before) = try parameters.takePage(exchange.limits)
        try parameters.checkAllTaken()
        let device = try await exchange.pathDevice()
        let (commands, next) = try await exchange.services.fleet.commands(of: device, before: before, limit: limit)
        return exchange.json { json in
            json.object { json in
                json.key("commands")
                json.array(commands) { $0.command($1) }
                json.member("next_cursor", next.map { String($0) })
            }
        }
    }

    /// `GET /api/v1/fleet/commands/{cid}`.
    @Sendable static func show(_ exchange: Exchange) async throws -> Response {
        try exchange.checkNoParameters()
        let command = try await exchange.services.fleet.command(
            try commandID(exchange.pathValues[0]), account: exchange.ownAccount)
        return exchange.json { $0.command(command) }
    }

    /// `DELETE /api/v1/fleet/commands/{cid}`.
    @Sendable static func cancel(_ exchange: Exchange) async throws -> Response {
        try exchange.checkNoParameters()
        try await exchange.services.fleet.cancel(
            try commandID(exchange.pathValues[0]), account: exchange.ownAccount, by: exchange.author)
        return Response(status: .noContent)
    }

    /// `GET /api/v1/fleet/commands/dead-letters`, by id.
    @Sendable static func deadLetters(_ exchange: Exchange) async throws -> Response {
        var parameters = try exchange.parameters()
        let (limit, after) = try parameters.takePage(exchange.limits)
        try parameters.checkAllTaken()
        let (commands, next) = try await exchange.services.fleet.deadCommands(
            after: after, limit: limit, account: exchange.ownAccount)
        return exchange.json { json in
            json.object { json in
                json.key("commands")
                json.array(commands) { $0.command($1) }
                json.member("next_cursor", next.map { String($0) })
            }
        }
    }

    /// `POST /api/v1/fleet/commands/{cid}/replay`.
    @Sendable static func replay(_ exchange: Exchange) async throws -> Response {
        try exchange.checkNoParameters()
        let id = try await exchange.services.fleet.replay(
            try commandID(exchange.pathValues[0]), account: exchange.ownAccount, by: exchange.author)
        return exchange.json(status: .created) { json in
            json.object { json in
                json.member("command_id", id)
                json.member("status", CommandRecord.Status.queued.name)
            }
        }
    }

    private static func commandID(_ text: String) throws(FleetError) -> UInt64 {
        guard let id = UInt64(text) else { throw FleetError.unknownCommand(text) }
        return id
    }
}

extension JSONOutput {
    fileprivate mutating func command(_ command: CommandRecord) {
        object { json in
            json.member("id", command.id)
            json.member("device_id", command.deviceID)
            json.member("command", command.command)
            json.key("arguments")
            json.raw { $0 += Array(command.arguments.utf8) }
            json.member("status", command.status.name)
            json.member("sender", command.sender)
            json.member("attempt", command.attempts)
            json.member("max_attempts", command.attemptsMax)
            json.member("created_at", Timestamp(microseconds: command.created))
            json.member("expires_at", Timestamp(microseconds: command.expires))
            json.member("delivered_at", command.delivered.map { Timestamp(microseconds: $0) })
            json.member("finished_at", command.finished.map { Timestamp(microseconds: $0) })
            json.member("output", command.output)
            json.key("exit_code")
            if let code = command.exitCode { json.value(Int(code)) } else { json.null() }
        }
    }
}
