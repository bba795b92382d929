import LogModel

/// Finds the numbers of the devices and sessions that a batch names, gives new ones numbers, and keeps their counts, all
/// in the transaction of the commit. On the commit thread only.
struct StreamResolver {
    private let store: RocksStore
    private var devices: [[UInt8]: DeviceRecord] = [:]
    private var sessions: [SessionName: SessionRecord] = [:]
    private var changedDevices: [[UInt8]: DeviceRecord] = [:]
    private var changedSessions: [SessionName: SessionRecord] = [:]

    private struct SessionName: Hashable {
        var device: UInt32
        var name: [UInt8]
    }

    /// Rows kept in memory; past it, all are forgotten and read again.
    private static let rowCountMax = 16_384
    /// `lastSeen` is written when it has moved by this much.
    private static let lastSeenStep: Int64 = 1_000_000

    init(_ store: RocksStore) { self.store = store }

    /// The batch's distinct streams, and which of them each row is of; rows are counted to their sessions.
    mutating func resolve(
        _ batch: Batch, received: Int64, in transaction: TableTransaction
    ) throws(LogError) -> (streams: [ResolvedStream], streamOfRow: [UInt32]) {
        var streams: [ResolvedStream] = []
        var streamOfRow: [UInt32] = []
        streamOfRow.reserveCapacity(batch.count)
        var names: [SessionName] = []
        var known: [UInt64: UInt32] = [:]
        var lastPair = UInt64.max
        var last: UInt32 = 0
        var counted: [StreamCounts] = []
        for row in 0..<batch.count {
            let pair = UInt64(batch.devices[row]) << 32 | UInt64(batch.sessions[row])
            if pair != lastPair || row == 0 {
                lastPair = pair
                if let index = known[pair] {
                    last = index
                } else {
                    let device = try device(batch.strings[Int(batch.devices[row])], received, transaction)
                    let name = SessionName(device: UInt32(device.id), name: batch.strings[Int(batch.sessions[row])])
                    let session = name.name.isEmpty ? 0 : try self.session(name, batch.times[row], transaction).id
                    last = UInt32(streams.count)
                    known[pair] = last
                    streams.append(ResolvedStream(device: UInt32(device.id), session: session))
                    names.append(name)
                    counted.append(StreamCounts())
                }
            }
            streamOfRow.append(last)
            counted[Int(last)].add(batch.levels[row], batch.times[row])
        }
        for (name, counts) in zip(names, counted) where !name.name.isEmpty {
            var session = sessions[name]!
            if changedSessions[name] == nil { changedSessions[name] = session }
            for level in session.levelCounts.indices { session.levelCounts[level] += counts.levels[level] }
            session.startedAt = min(session.startedAt, counts.timeMin)
            session.lastEntryAt = max(session.lastEntryAt, counts.timeMax)
            if session.isTimedOut {
                // It had not ended after all.
                session.isTimedOut = false
                session.status = .active
                session.completedAt = nil
            }
            sessions[name] = session
        }
        return (streams, streamOfRow)
    }

    /// The number of the device, given now if it is new.
    mutating func deviceNumber(
        _ dsn: [UInt8], received: Int64, in transaction: TableTransaction
    ) throws(LogError) -> UInt32 {
        UInt32(try device(dsn, received, transaction).id)
    }

    /// Puts the rows that changed into the transaction.
    mutating func flush(to transaction: TableTransaction) throws(LogError) {
        for (dsn, old) in changedDevices {
            try transaction.update(devices[dsn]!, replacing: old)
        }
        for (name, old) in changedSessions {
            try transaction.update(sessions[name]!, replacing: old)
        }
        changedDevices.removeAll(keepingCapacity: true)
        changedSessions.removeAll(keepingCapacity: true)
    }

    /// Rows that something else has changed are read again.
    mutating func forget(devices dsns: Set<[UInt8]>, sessions keys: Set<[UInt8]>) {
        for dsn in dsns { devices[dsn] = nil }
        for key in keys {
            guard let (device, name) = SessionRecord.nameParts(key) else { continue }
            sessions[SessionName(device: device, name: name)] = nil
        }
    }

    /// After the commit: nothing that is kept differs from the store.
    mutating func didCommit() {
        if devices.count > StreamResolver.rowCountMax { devices.removeAll() }
        if sessions.count > StreamResolver.rowCountMax { sessions.removeAll() }
    }

    private struct StreamCounts {
        var levels = [UInt64](repeating: 0, count: Level.allCases.count)
        var timeMin = Int64.max
        var timeMax = Int64.min

        mutating func add(_ level: UInt8, _ time: Int64) {
            levels[Int(level)] += 1
            timeMin = min(timeMin, time)
            timeMax = max(timeMax, time)
        }
    }

    private mutating func device(
        _ dsn: [UInt8], _ received: Int64, _ transaction: TableTransaction
    ) throws(LogError) -> DeviceRecord {
        var record: DeviceRecord
        if let known = devices[dsn] {
            record = known
        } else if let stored = try transaction.row(DeviceRecord.byDSN, dsn) {
            record = stored
        } else {
            record = try transaction.insert(DeviceRecord(dsn: dsn, seen: received))
        }
        if received - record.lastSeen >= StreamResolver.lastSeenStep || record.decommissionedAt != nil {
            if changedDevices[dsn] == nil { changedDevices[dsn] = record }
            record.lastSeen = max(received, record.lastSeen)
            // One that logs again is there again.
            record.decommissionedAt = nil
        }
        devices[dsn] = record
        return record
    }

    private mutating func session(
        _ name: SessionName, _ time: Int64, _ transaction: TableTransaction
    ) throws(LogError) -> SessionRecord {
        if let known = sessions[name] { return known }
        let key = SessionRecord.nameKey(device: UInt64(name.device), sessionID: name.name)
        var record = try transaction.row(SessionRecord.byName, key)
        if record == nil {
            let new = SessionRecord(device: UInt64(name.device), sessionID: name.name, time: time)
            record = try transaction.insert(new)
        }
        sessions[name] = record
        return record!
    }
}
