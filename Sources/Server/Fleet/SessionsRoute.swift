import HTTPTypes
import HummingbirdCore
import LogDB
import LogModel
import Query

/// Sessions of the own account's devices, or of all for one of the account `default`; a device has its own.
enum SessionsRoute {
    private static let nameByteCountMax = 1_024

    /// `GET /api/v1/sessions`, those that were first heard of last first.
    @Sendable static func list(_ exchange: Exchange) async throws -> Response {
        var parameters = try exchange.parameters()
        let limits = exchange.limits
        let limit = try parameters.takeInteger("limit", in: 1...limits.rowCountMax) ?? limits.rowCountDefault
        let cursor = try parameters.takeInteger("cursor", in: 1...Int.max)
        let fleet = exchange.services.fleet
        let now = fleet.clock()
        var filter = SessionFilter()
        filter.status = try parameters.takeStored("status")
        filter.since = try HeartbeatRoute.moment("since", &parameters, now)?.microseconds
        filter.until = try HeartbeatRoute.moment("until", &parameters, now)?.microseconds
        filter.capsuleID = try parameters.takeInteger("capsule", in: 1...Int.max).map { UInt64($0) }
        let device = try parameters.take("device")
        try parameters.checkAllTaken()
        if let device {
            filter.devices = [try await exchange.device(device).id]
        } else if case .devices(let names) = exchange.scope {
            filter.devices = fleet.directory.read { contents in names.compactMap { contents.devices[$0]?.id } }
        }
        let (rows, next) = try await fleet.sessions(filter, before: cursor.map { UInt64($0) }, limit: limit)
        return exchange.json { json in
            json.object { json in
                json.key("sessions")
                json.array(rows) { json, row in json.session(row.session, dsn: row.device?.dsn ?? [], row.loss) }
                json.member("next_cursor", next.map { String($0) })
            }
        }
    }

    /// `GET /api/v1/sessions/{id}`.
    @Sendable static func show(_ exchange: Exchange) async throws -> Response {
        try exchange.checkNoParameters()
        let (session, device) = try await exchange.pathSession()
        let loss = try await exchange.services.fleet.loss(of: session.id)
        return exchange.json { $0.session(session, dsn: device.dsn, loss) }
    }

    /// `POST /api/v1/sessions`: starts one, 201, or says more of one that is there, 200.
    @Sendable static func start(_ exchange: Exchange) async throws -> Response {
        try exchange.checkNoParameters()
        var members = try await exchange.bodyObject()
        let name = try members.require("session_id")
        let reference = try members.take("device_id")
        let change = try read(&members)
        try members.checkAllTaken()
        guard name.utf8.count <= nameByteCountMax else {
            throw Problem.parameter(
                "session_id", "invalid_parameter", "“session_id” has at most \(nameByteCountMax) bytes.")
        }
        guard let reference = reference ?? exchange.principal.flatMap({ $0.kind == .device ? $0.name : nil }) else {
            throw Problem.missing("device_id")
        }
        let device = try await exchange.device(reference)
        let (session, isNew) = try await exchange.services.fleet.start(Array(name.utf8), of: device.id, change)
        let loss = try await exchange.services.fleet.loss(of: session.id)
        return exchange.json(status: isNew ? .created : .ok) { $0.session(session, dsn: device.dsn, loss) }
    }

    /// `PUT /api/v1/sessions/{id}`.
    @Sendable static func update(_ exchange: Exchange) async throws -> Response {
        try exchange.checkNoParameters()
        let (session, device) = try await exchange.pathSession()
        var members = try await exchange.bodyObject()
        let change = try read(&members)
        try members.checkAllTaken()
        guard let changed = try await exchange.services.fleet.change(session.id, change) else {
            throw Problem.unknownSession(exchange.pathValues[0])
        }
        let loss = try await exchange.services.fleet.loss(of: changed.id)
        return exchange.json { $0.session(changed, dsn: device.dsn, loss) }
    }

    private static func read(_ members: inout BodyObject) throws -> Fleet.SessionChange {
        var change = Fleet.SessionChange()
        change.name = try members.take("name")
        if let name = change.name, name.utf8.count > FleetRules.nameByteCountMax {
            throw Problem.parameter(
                "name", "invalid_parameter", "A session's name has at most \(FleetRules.nameByteCountMax) bytes.")
        }
        change.status = try members.takeStored("status")
        change.capsuleID = try members.takeInteger("capsule_id", in: 1...(.max)).map { UInt64($0) }
        change.started = try moment(try members.take("started_at"), "started_at")
        change.completed = try moment(try members.take("completed_at"), "completed_at")
        return change
    }

    private static func moment(_ text: String?, _ name: String) throws(Problem) -> Int64? {
        guard let text else { return nil }
        guard let time = try? Query.QueryParameters.instant(text, now: .now) else {
            throw Problem.parameter(name, "invalid_time", "“\(text)” is no time.", expected: ["2025-01-03T14:00:00Z"])
        }
        return time.microseconds
    }
}

extension Exchange {
    /// The session that the path names, by its number or the name that the device gave it.
    ///
    /// - Throws: `Problem` 404, and 409 with the candidates where several are meant.
    func pathSession() async throws -> (session: SessionRecord, device: DeviceRecord) {
        let scope = scope
        // A device that gives its sessions numbers means them by those.
        let found = try await services.fleet.sessions(pathValues[0], isNameFirst: principal?.kind == .device) {
            scope.contains($0.dsn)
        }
        guard let first = found.first else { throw Problem.unknownSession(pathValues[0]) }
        guard found.count == 1 else {
            // Of a number that is a name as well only this says which is meant.
            let prefix = UInt64(pathValues[0]) == nil ? "" : Fleet.numberPrefix
            throw Problem(
                409, "ambiguous_session",
                "\(found.count) sessions are meant by “\(pathValues[0])”; give the number of one, as the candidates have it.",
                errors: found.prefix(100).map { session, device in
                    let (name, dsn) = (session.sessionID, device.dsn)
                    return Problem.Item(
                        code: "candidate",
                        message: "the session “\(String(decoding: name, as: UTF8.self))” of "
                            + String(decoding: dsn, as: UTF8.self), suggestion: prefix + String(session.id))
                })
        }
        return first
    }
}

extension Problem {
    static func unknownSession(_ reference: String) -> Problem {
        Problem(
            404, "unknown_session", "There is no session “\(reference)”; give its number, or the device's name for it.")
    }
}

extension JSONOutput {
    fileprivate mutating func session(_ session: SessionRecord, dsn: [UInt8], _ loss: SessionLoss) {
        object { json in
            json.member("id", session.id)
            json.key("session_id")
            json.value(session.sessionID)
            json.key("name")
            if session.name.isEmpty { json.value(session.sessionID) } else { json.value(session.name) }
            json.member("device_id", session.device)
            json.key("device")
            json.value(dsn)
            json.optional("capsule_id", session.capsuleID == 0 ? nil : session.capsuleID)
            json.member("status", session.status.name)
            json.member("started_at", Timestamp(microseconds: session.startedAt))
            json.member("completed_at", session.completedAt.map { Timestamp(microseconds: $0) })
            json.member("last_entry_at", Timestamp(microseconds: session.lastEntryAt))
            let end = session.completedAt ?? session.lastEntryAt
            json.member("duration_seconds", Double(max(end - session.startedAt, 0)) / 1e6)
            json.member("total_logs", session.totalLogs)
            json.member("error_count", session.errorCount)
            json.member("warning_count", session.warningCount)
            json.member("deleted_logs", loss.deletedCount)
            json.member("expired_logs", loss.expiredCount)
        }
    }
}
