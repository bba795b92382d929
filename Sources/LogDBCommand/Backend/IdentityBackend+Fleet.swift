import LogDB
import LogModel
import Server

extension IdentityBackend {
    static let devicesPath = "/api/v1/fleet/devices"

    /// What a list of devices is narrowed by, as options give it.
    struct DeviceChoice {
        var environment: DeviceEnvironment?
        var status: DeviceStatus?
        var type: DeviceType?
        var search: String?
    }

    private static let deviceColumns = [
        "id", "dsn", "name", "device_type", "environment", "status", "registered", "last_seen_at",
    ]

    /// By id.
    func devices(_ choice: DeviceChoice, limit: Int) async throws -> [Row] {
        switch self {
        case .server(let client):
            var parameters: [(name: String, value: String)] = [("limit", String(limit))]
            if let environment = choice.environment { parameters.append(("environment", environment.name)) }
            if let status = choice.status { parameters.append(("status", status.name)) }
            if let type = choice.type { parameters.append(("type", type.name)) }
            if let search = choice.search { parameters.append(("search", search)) }
            let answer = try await client.json("GET", ServerClient.path(Self.devicesPath, parameters))
            return (answer["devices"]?.elements ?? []).map { Self.row($0, Self.deviceColumns) }
        case .store(let store, _):
            var filter = DeviceFilter()
            filter.environment = choice.environment
            filter.status = choice.status
            filter.type = choice.type
            filter.search = choice.search
            return try await Fleet(store).devices(filter, limit: limit).devices.map { Self.row($0, isWhole: false) }
        }
    }

    /// Everything that is known of a device, a row for each property.
    func device(_ reference: String) async throws -> [Row] {
        switch self {
        case .server(let client):
            let device = try await client.json("GET", Self.devicePath(reference))
            return device.members.map { [("property", $0.name), ("value", $0.value.shown)] }
        case .store(let store, _):
            let device = try await Self.translated { try await Fleet(store).device(reference) }
            return Self.row(device, isWhole: true).map { [("property", $0.name), ("value", $0.value)] }
        }
    }

    func changeDevice(_ reference: String, _ changes: Fleet.Changes) async throws {
        switch self {
        case .server(let client):
            let members = [
                ("name", changes.name), ("device_type", changes.type?.name),
                ("environment", changes.environment?.name), ("status", changes.status?.name),
            ].compactMap { name, value in value.map { JSONValue.Member(name: name, value: .string($0)) } }
            _ = try await client.json("PUT", Self.devicePath(reference), body: JSONValue.object(members).bytes)
        case .store(let store, _):
            _ = try await Self.translated { try await Fleet(store).update(reference, changes, by: .command) }
        }
    }

    func removeDevice(_ reference: String) async throws {
        switch self {
        case .server(let client): try await client.delete(Self.devicePath(reference))
        case .store(let store, _):
            try await Self.translated { try await Fleet(store).decommission(reference, by: .command) }
        }
    }

    /// What a check of the tables found.
    func check() async throws -> [String] {
        switch self {
        case .server(let client):
            let answer = try await client.json("GET", "/api/v1/admin/check")
            return (answer["problems"]?.elements ?? []).compactMap(\.text)
        case .store(let store, _): return try await StoreCheck.problems(store)
        }
    }

    static func devicePath(_ reference: String) -> String { devicesPath + "/" + ServerClient.encoded(reference) }

    static func row(_ value: JSONValue, _ columns: [String]) -> Row {
        columns.map { ($0, value[$0]?.shown ?? "") }
    }

    private static func row(_ device: DeviceRecord, isWhole: Bool) -> Row {
        let row: Row = [
            ("id", String(device.id)), ("dsn", String(decoding: device.dsn, as: UTF8.self)), ("name", device.name),
            ("device_type", device.type?.name ?? ""), ("environment", device.environment?.name ?? ""),
            ("status", device.status.name), ("registered", String(device.isRegistered)),
            ("last_seen_at", Timestamp(microseconds: device.lastSeen).description),
        ]
        guard isWhole else { return row }
        let vitals = device.vitals
        let numbers: [(String, Double?)] = [
            ("cpu_usage", vitals.cpuUsage), ("memory_usage", vitals.memoryUsage), ("disk_usage", vitals.diskUsage),
            ("battery_level", vitals.batteryLevel), ("temperature", vitals.temperature),
        ]
        return row + [
            ("first_seen_at", Timestamp(microseconds: device.firstSeen).description),
            ("last_heartbeat_at", vitals.lastHeartbeat.map { Timestamp(microseconds: $0).description } ?? ""),
            ("iot_certificate_id", device.certificateID), ("agent_version", vitals.agentVersion ?? ""),
        ] + numbers.map { ($0, $1.map { String($0) } ?? "") }
    }
}

extension JSONValue {
    /// As a cell of a table.
    var shown: String {
        switch self {
        case .null: ""
        case .boolean(let flag): String(flag)
        case .number(let text), .string(let text): text
        case .array, .object: String(decoding: bytes, as: UTF8.self)
        }
    }
}
