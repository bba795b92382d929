import LogDB
import LogModel

extension Fleet {
    /// What a device says of itself every so often.
    struct Heartbeat: Sendable {
        var status = DeviceStatus.online
        /// Without the time, which is the server's.
        var vitals = DeviceVitals()
        /// The name of the session that runs on the device; nil: none.
        var sessionID: String?
    }

    /// What a device that names no interval is thought to keep to.
    static let heartbeatInterval: UInt64 = 30_000
    /// Rows that one edit of many changes: entries are committed in between.
    static let rowsPerEdit = 500
    /// So many intervals of silence, and the device is offline.
    static let silentIntervals: Int64 = 3
    /// Expired rows of metrics that one heartbeat removes at most: more than it adds.
    private static let expiredPerHeartbeat = 8

    /// Notes a heartbeat: the device's state and its metrics, in one commit.
    ///
    /// - Throws: `FleetError` `.unknownDevice`; `LogError`.
    func heartbeat(_ id: UInt64, _ heartbeat: Heartbeat) async throws -> DeviceRecord {
        let now = clock().microseconds
        let directory = directory
        let device = try await changing { (edit) throws(LogError) -> DeviceRecord? in
            guard let old = try edit.device(id, account: nil) else { return nil }
            // Before the row says that it is online, so that nobody finds it silent in between.
            directory.hear(id)
            var device = old
            device.vitals = heartbeat.vitals
            device.vitals.lastHeartbeat = now
            device.vitals.currentCapsuleID = heartbeat.vitals.currentCapsuleID ?? old.vitals.currentCapsuleID
            if let name = heartbeat.sessionID {
                let key = SessionRecord.nameKey(device: id, sessionID: Array(name.utf8))
                device.vitals.currentSessionID = try edit.editor.row(SessionRecord.byName, key)?.id
            }
            device.lastSeen = max(old.lastSeen, now)
            if !old.isHeld { device.status = heartbeat.status }
            try edit.update(device, replacing: old)
            try Fleet.note(device, at: now, in: edit.editor)
            return device
        }
        guard let device else { throw FleetError.unknownDevice(String(id)) }
        return device
    }

    /// Adds what a heartbeat measured to the rows of each step, and removes the device's oldest that have expired.
    private static func note(_ device: DeviceRecord, at now: Int64, in editor: TableEditor) throws(LogError) {
        for step in MetricRecord.Step.allCases {
            let point = MetricRecord(deviceID: device.id, step: step, time: now, device.vitals)
            let key = MetricRecord.key(device.id, step, point.time)
            if let old = try editor.row(MetricRecord.byTime, key) {
                var together = old
                together.add(point)
                try editor.update(together, replacing: old)
            } else {
                try editor.insert(point)
            }
            let expired = try editor.ids(
                MetricRecord.byTime, from: MetricRecord.key(device.id, step, .min),
                to: MetricRecord.key(device.id, step, now - step.lifetime), limit: expiredPerHeartbeat)
            for id in expired {
                if let row = try editor.row(id, of: MetricRecord.self) { try editor.delete(row) }
            }
        }
    }

    /// What a device measured, in order.
    ///
    /// - Parameter step: Nil: as fine as makes some hundred rows of the range.
    func metrics(
        of device: UInt64, since: Int64, until: Int64, step: MetricRecord.Step?, limit: Int
    ) async throws(LogError) -> (step: MetricRecord.Step, rows: [MetricRecord]) {
        let now = clock().microseconds
        let span = min(until, now) - since
        let step = step ?? (span <= 6 * 3_600_000_000 ? .heartbeat : span <= 7 * 86_400_000_000 ? .fiveMinutes : .hour)
        // What has expired is gone, whether or not it was removed.
        let first = max(step.start(of: since), now - step.lifetime)
        return try await store.readTables { (reader) throws(LogError) in
            let ids = try reader.ids(
                MetricRecord.byTime, from: MetricRecord.key(device, step, first),
                to: MetricRecord.key(device, step, max(until, first)), limit: limit)
            var rows: [MetricRecord] = []
            for id in ids { if let row = try reader.row(id, of: MetricRecord.self) { rows.append(row) } }
            return (step, rows)
        }
    }

    /// Turns devices offline that have been silent for too long.
    ///
    /// - Returns: How many.
    @discardableResult
    func markSilent() async throws(LogError) -> Int {
        var rest = directory.silent[...]
        let directory = directory
        var total = 0
        while !rest.isEmpty {
            let silent = Array(rest.prefix(Fleet.rowsPerEdit))
            rest = rest.dropFirst(silent.count)
            total += try await changing { (edit) throws(LogError) in
                var count = 0
                for id in silent {
                    guard let old = try edit.device(id, account: nil), directory.isSilent(old) else { continue }
                    var device = old
                    device.status = .offline
                    try edit.update(device, replacing: old)
                    count += 1
                }
                return count
            }
        }
        return total
    }

    /// For how long a device may be silent, in microseconds.
    static func silenceMax(_ device: DeviceRecord) -> Int64 {
        silentIntervals * Int64(device.vitals.intervalMilliseconds ?? heartbeatInterval) * 1_000
    }
}

extension DeviceRecord {
    /// Whether its silence means that it is away.
    var isToBeHeard: Bool { status != .offline && !isHeld }
}
