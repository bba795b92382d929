import Synchronization

/// Names of devices and sessions by their numbers in the tables, for answers and for the total order. Numbers never change
/// their names, so what was read once stays true.
final class StreamRegistry: StreamNames, Sendable {
    private struct State {
        var devices: [UInt32: [UInt8]] = [:]
        var sessions: [UInt64: [UInt8]] = [:]
    }

    let devices: Table<DeviceRecord>
    let sessions: Table<SessionRecord>
    private let state = Mutex(State())

    /// Names kept of each kind; past it, all are forgotten and read again.
    private static let nameCountMax = 65_536

    init(_ store: RocksStore) {
        devices = Table(store: store)
        sessions = Table(store: store)
    }

    func deviceName(_ device: UInt32) throws(LogError) -> [UInt8] {
        if let known = state.withLock({ $0.devices[device] }) { return known }
        guard let record = try devices.row(UInt64(device)) else {
            throw LogError(.corruption, "rows refer to a device that the table lacks", location: "devices \(device)")
        }
        state.withLock { state in
            if state.devices.count >= StreamRegistry.nameCountMax { state.devices.removeAll() }
            state.devices[device] = record.dsn
        }
        return record.dsn
    }

    /// Session 0 is that of entries without a session; its name is empty.
    func sessionName(_ session: UInt64) throws(LogError) -> [UInt8] {
        if session == 0 { return [] }
        if let known = state.withLock({ $0.sessions[session] }) { return known }
        guard let record = try sessions.row(session) else {
            throw LogError(.corruption, "rows refer to a session that the table lacks", location: "sessions \(session)")
        }
        state.withLock { state in
            if state.sessions.count >= StreamRegistry.nameCountMax { state.sessions.removeAll() }
            state.sessions[session] = record.sessionID
        }
        return record.sessionID
    }

    /// The numbers of the devices whose name equals `folded` without case.
    func devices(folded: [UInt8]) throws(LogError) -> [UInt32] {
        try devices.rows(DeviceRecord.byFoldedDSN, folded).map { UInt32($0.id) }
    }

    /// The streams whose session's name equals `folded` without case.
    func streams(foldedSession folded: [UInt8]) throws(LogError) -> [ResolvedStream] {
        try sessions.rows(SessionRecord.byFoldedSessionID, folded)
            .map { ResolvedStream(device: UInt32($0.device), session: $0.id) }
    }
}
