import LogDB
import LogModel
import Server

extension IdentityBackend {
    private static let sessionColumns = [
        "id", "session_id", "device", "status", "started_at", "completed_at", "total_logs", "error_count",
        "warning_count", "deleted_logs", "expired_logs",
    ]

    /// Those that were first heard of last first.
    func sessions(device: String?, status: SessionRecord.Status?, limit: Int) async throws -> [Row] {
        switch self {
        case .server(let client):
            var parameters: [(name: String, value: String)] = [("limit", String(limit))]
            if let device { parameters.append(("device", device)) }
            if let status { parameters.append(("status", status.name)) }
            let answer = try await client.json("GET", ServerClient.path("/api/v1/sessions", parameters))
            return (answer["sessions"]?.elements ?? []).map { Self.row($0, Self.sessionColumns) }
        case .store(let store, _):
            return try await Self.translated {
                let fleet = try await Fleet(store)
                var filter = SessionFilter()
                filter.status = status
                if let device { filter.devices = [try await fleet.device(device).id] }
                return try await fleet.sessions(filter, limit: limit).sessions.map {
                    Self.row($0.session, $0.device, $0.loss)
                }
            }
        }
    }

    /// The session of that number, or those that go by that name.
    func sessions(_ reference: String) async throws -> [Row] {
        switch self {
        case .server(let client):
            let session = try await client.json("GET", "/api/v1/sessions/" + ServerClient.encoded(reference))
            return [Self.row(session, Self.sessionColumns)]
        case .store(let store, _):
            let fleet = try await Fleet(store)
            let found = try await fleet.sessions(reference)
            if found.isEmpty { throw CommandFailure("there is no session “\(reference)”") }
            var rows: [Row] = []
            for (session, device) in found {
                rows.append(Self.row(session, device, try await fleet.loss(of: session.id)))
            }
            return rows
        }
    }

    private static func row(_ session: SessionRecord, _ device: DeviceRecord?, _ loss: SessionLoss) -> Row {
        [
            ("id", String(session.id)), ("session_id", String(decoding: session.sessionID, as: UTF8.self)),
            ("device", String(decoding: device?.dsn ?? [], as: UTF8.self)), ("status", session.status.name),
            ("started_at", Timestamp(microseconds: session.startedAt).description),
            ("completed_at", session.completedAt.map { Timestamp(microseconds: $0).description } ?? ""),
            ("total_logs", String(session.totalLogs)), ("error_count", String(session.errorCount)),
            ("warning_count", String(session.warningCount)),
            ("deleted_logs", String(loss.deletedCount)), ("expired_logs", String(loss.expiredCount)),
        ]
    }
}
