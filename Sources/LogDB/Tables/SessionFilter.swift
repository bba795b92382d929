/// Which sessions a list has: those that pass all that is given.
public struct SessionFilter: Sendable, Equatable {
    /// By id; nil: of all devices.
    public var devices: [UInt64]?
    public var status: SessionRecord.Status?
    /// Those that started from then on, and before; in microseconds since the epoch.
    public var since: Int64?
    public var until: Int64?
    public var capsuleID: UInt64?

    /// More sessions than this in a time are found by going through all, of which they are many then.
    static let startedCountMax = 20_000

    public init() {}

    func matches(_ session: SessionRecord) -> Bool {
        (status == nil || session.status == status) && (since.map { session.startedAt >= $0 } ?? true)
            && (until.map { session.startedAt < $0 } ?? true)
            && (capsuleID == nil || session.capsuleID == capsuleID)
    }
}

extension TableReader {
    /// The sessions that pass `filter`, those that were first heard of last first.
    ///
    /// - Parameters:
    ///   - id: Only those with a smaller one; nil: from the last on.
    ///   - limit: At least 1.
    /// - Returns: Up to `limit` sessions, and before which id to go on; nil at the end.
    public func sessions(
        _ filter: SessionFilter, before id: UInt64? = nil, limit: Int
    ) throws(LogError) -> (sessions: [SessionRecord], next: UInt64?) {
        let table = self.table(SessionRecord.self)
        let end = try min(id ?? .max, lastID(of: SessionRecord.self) + 1)
        var sessions: [SessionRecord] = []
        var next: UInt64?
        func take(_ found: UInt64) throws(LogError) -> Bool {
            guard let session = try table.row(found), filter.matches(session) else { return true }
            if sessions.count == limit {
                next = sessions.last?.id
                return false
            }
            sessions.append(session)
            return true
        }
        if let candidates = try candidates(filter, table) {
            for found in candidates.sorted(by: >) where found < end {
                guard try take(found) else { break }
            }
        } else {
            var found = end
            while found > 1 {
                found -= 1
                guard try take(found) else { break }
            }
        }
        return (sessions, next)
    }

    /// The ids that an index leaves; nil where none does.
    private func candidates(
        _ filter: SessionFilter, _ table: Table<SessionRecord>
    ) throws(LogError) -> [UInt64]? {
        if let devices = filter.devices {
            var ids: [UInt64] = []
            for device in devices {
                ids += try table.ids(
                    SessionRecord.byStart, prefix: SessionRecord.nameKey(device: device, sessionID: []))
            }
            return ids
        }
        if let status = filter.status { return try table.ids(SessionRecord.byStatus, SessionRecord.statusKey(status)) }
        guard filter.since != nil || filter.until != nil else { return nil }
        let ids = try table.ids(
            SessionRecord.byTime, from: IndexValue.signed(filter.since ?? .min),
            to: IndexValue.signed(filter.until ?? .max), limit: SessionFilter.startedCountMax)
        return ids.count < SessionFilter.startedCountMax ? ids : nil
    }

    /// The sessions that a device calls so, of any device: names are compared exactly.
    public func sessions(named name: [UInt8]) throws(LogError) -> [SessionRecord] {
        try rows(SessionRecord.byFoldedSessionID, CaseFolding.fold(name)).filter { $0.sessionID == name }
    }
}
