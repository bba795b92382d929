import LogDB
import LogModel

extension JSONOutput {
    mutating func device(_ device: DeviceRecord, _ exchange: Exchange) {
        let account = exchange.services.identities.directory.read { $0.accountName(device.accountID) }
        self.device(device, account: account)
    }

    private mutating func device(_ device: DeviceRecord, account: String) {
        let vitals = device.vitals
        object { json in
            json.member("id", device.id)
            json.member("name", device.name)
            json.key("dsn")
            json.value(device.dsn)
            json.member("device_type", device.type?.name)
            json.member("environment", device.environment?.name)
            json.member("status", device.status.name)
            json.member("registered", device.isRegistered)
            json.member("account", account)
            json.optional("owner_id", device.ownerID == 0 ? nil : device.ownerID)
            json.member("first_seen_at", Timestamp(microseconds: device.firstSeen))
            json.member("last_seen_at", Timestamp(microseconds: device.lastSeen))
            json.member("last_heartbeat_at", vitals.lastHeartbeat.map { Timestamp(microseconds: $0) })
            json.member("registered_at", device.registeredAt.map { Timestamp(microseconds: $0) })
            json.member("iot_thing_name", device.isRegistered ? Fleet.thingName(device.id) : nil as String?)
            json.member("iot_certificate_id", device.certificateID.isEmpty ? nil as String? : device.certificateID)
            json.optional("current_session_id", vitals.currentSessionID)
            json.optional("current_capsule_id", vitals.currentCapsuleID)
            json.optional("cpu_usage", vitals.cpuUsage)
            json.optional("memory_usage", vitals.memoryUsage)
            json.optional("disk_usage", vitals.diskUsage)
            json.optional("battery_level", vitals.batteryLevel)
            json.optional("temperature", vitals.temperature)
            json.member("agent_version", vitals.agentVersion)
            json.optional("spool_depth", vitals.spoolDepth)
            json.optional("dropped_count", vitals.droppedCount)
            json.optional("clock_offset_ms", vitals.clockOffset.map { Double($0) / 1_000 })
            json.key("device_info")
            if device.info.isEmpty { json.null() } else { json.raw { $0 += Array(device.info.utf8) } }
        }
    }

    /// Null where there is none.
    mutating func optional(_ name: String, _ number: UInt64?) {
        key(name)
        if let number { value(number) } else { null() }
    }

    /// Null where there is none.
    mutating func optional(_ name: String, _ number: Double?) {
        key(name)
        if let number { value(number) } else { null() }
    }
}

extension Fleet {
    /// What a device is called where things are.
    static func thingName(_ id: UInt64) -> String { "logdb-dev-\(id)" }
}
