import HTTPTypes
import HummingbirdCore
import LogDB
import LogModel
import Query

/// How devices are, and were.
enum HeartbeatRoute {
    private static let percent = 0.0...100.0

    /// `POST /api/v1/fleet/heartbeat`.
    @Sendable static func heartbeat(_ exchange: Exchange) async throws -> Response {
        try exchange.checkNoParameters()
        var members = try await exchange.bodyObject()
        let id = try members.take("device_id")
        let heartbeat = try read(&members)
        try members.checkAllTaken()
        guard let reference = id ?? exchange.principal.flatMap({ $0.kind == .device ? $0.name : nil }) else {
            throw Problem.missing("device_id")
        }
        let device = try await exchange.device(reference)
        let noted = try await exchange.services.fleet.heartbeat(device.id, heartbeat)
        return exchange.json { json in
            json.object { json in
                json.member("device_id", noted.id)
                json.member("status", noted.status.name)
                json.member("server_time", exchange.services.fleet.clock())
            }
        }
    }

    private static func read(_ members: inout BodyObject) throws(Problem) -> Fleet.Heartbeat {
        var heartbeat = Fleet.Heartbeat()
        heartbeat.status = try members.takeStored("status") ?? .online
        if var metrics = try members.takeMembers("metrics") {
            heartbeat.vitals.cpuUsage = try metrics.takeNumber("cpu_usage", in: percent)
            heartbeat.vitals.memoryUsage = try metrics.takeNumber("memory_usage", in: percent)
            heartbeat.vitals.diskUsage = try metrics.takeNumber("disk_usage", in: percent)
            heartbeat.vitals.batteryLevel = try metrics.takeNumber("battery_level", in: percent)
            heartbeat.vitals.temperature = try metrics.takeNumber("temperature", in: -300...10_000)
            try metrics.checkAllTaken()
        }
        heartbeat.sessionID = try members.take("current_session_id")
        heartbeat.vitals.currentCapsuleID = try members.takeInteger("current_capsule_id", in: 1...(.max)).map {
            UInt64($0)
        }
        heartbeat.vitals.agentVersion = try members.take("agent_version").map {
            $0.prefix(byteCount: FleetRules.nameByteCountMax)
        }
        heartbeat.vitals.spoolDepth = try members.takeInteger("spool_depth", in: 0...(.max)).map { UInt64($0) }
        heartbeat.vitals.droppedCount = try members.takeInteger("dropped_count", in: 0...(.max)).map { UInt64($0) }
        heartbeat.vitals.clockOffset = try members.takeNumber("clock_offset_ms", in: -1e12...1e12).map {
            Int64($0 * 1_000)
        }
        heartbeat.vitals.intervalMilliseconds = try members.takeInteger("interval_ms", in: 1_000...3_600_000).map {
            UInt64($0)
        }
        return heartbeat
    }

    /// `GET /api/v1/fleet/devices/{id}/metrics`, the oldest first.
    @Sendable static func metrics(_ exchange: Exchange) async throws -> Response {
        var parameters = try exchange.parameters()
        let fleet = exchange.services.fleet
        let now = fleet.clock()
        let since = try moment("since", &parameters, now)
        let until = try moment("until", &parameters, now) ?? Timestamp(microseconds: now.microseconds + 1)
        let step = try parameters.takeChoice(
            "step",
            [
                MetricRecord.Step.heartbeat.name: MetricRecord.Step.heartbeat,
                MetricRecord.Step.fiveMinutes.name: .fiveMinutes, MetricRecord.Step.hour.name: .hour,
            ])
        let limit =
            try parameters.takeInteger("limit", in: 1...exchange.limits.rowCountMax) ?? exchange.limits.rowCountMax
        try parameters.checkAllTaken()
        let device = try await exchange.pathDevice()
        let found = try await fleet.metrics(
            of: device.id, since: since?.microseconds ?? now.microseconds - 3_600_000_000, until: until.microseconds,
            step: step, limit: limit)
        return exchange.json { json in
            json.object { json in
                json.member("device_id", device.id)
                json.member("step", found.step.name)
                json.key("points")
                json.array(found.rows) { $0.point($1) }
            }
        }
    }

    /// A moment as in `since:` of a query.
    static func moment(
        _ name: String, _ parameters: inout Parameters, _ now: Timestamp
    ) throws(Problem) -> Timestamp? {
        guard let text = try parameters.take(name) else { return nil }
        do throws(QueryErrors) {
            return try Query.QueryParameters.instant(text, now: now)
        } catch {
            let first = error.diagnostics.first
            throw Problem.parameter(
                name, "invalid_time", first?.message ?? "“\(text)” is no time.", expected: first?.expected ?? [])
        }
    }
}

extension JSONOutput {
    fileprivate mutating func point(_ row: MetricRecord) {
        object { json in
            json.member("time", Timestamp(microseconds: row.time))
            json.member("count", row.count)
            for (name, summary) in zip(MetricRecord.names, row.summaries) {
                json.key(name)
                guard let summary else {
                    json.null()
                    continue
                }
                json.object { json in
                    json.member("avg", summary.sum / Double(max(summary.count, 1)))
                    json.member("min", summary.least)
                    json.member("max", summary.most)
                }
            }
        }
    }
}
