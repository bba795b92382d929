public import LogDB
import LogModel

extension Fleet {
    /// What is said of a session; nil is what stays.
    struct SessionChange: Sendable {
        var name: String?
        var status: SessionRecord.Status?
        var started: Int64?
        var completed: Int64?
        var capsuleID: UInt64?

        func apply(to session: inout SessionRecord, now: Int64) {
            session.name = name ?? session.name
            session.capsuleID = capsuleID ?? session.capsuleID
            if let started { session.startedAt = min(session.startedAt, started) }
            guard let status else { return }
            session.isTimedOut = false
            session.completedAt = status == .active ? nil : completed ?? session.completedAt ?? now
            session.status = status
        }
    }

    /// How long a device may be away before its sessions count as aborted.
    static let sessionTimeout: Int64 = 3_600_000_000

    /// A page of sessions, those that were first heard of last first.
    public func sessions(
        _ filter: SessionFilter, before id: UInt64? = nil, limit: Int
    ) async throws(LogError) -> (sessions: [ListedSession], next: UInt64?) {
        try await store.readTables { (reader) throws(LogError) in
            let (sessions, next) = try reader.sessions(filter, before: id, limit: limit)
            var rows: [ListedSession] = []
            for session in sessions {
                rows.append(
                    ListedSession(
                        session: session, device: try reader.row(session.device, of: DeviceRecord.self),
                        loss: try reader.loss(of: session.id)))
            }
            return (rows, next)
        }
    }

    /// A session with what a list shows beside it.
    public struct ListedSession: Sendable {
        public var session: SessionRecord
        public var device: DeviceRecord?
        public var loss: SessionLoss
    }

    /// What was taken away of a session.
    public func loss(of session: UInt64) async throws(LogError) -> SessionLoss {
        try await store.readTables { (reader) throws(LogError) in try reader.loss(of: session) }
    }

    /// Before the number of a session, where it is not to be taken for a name.
    static let numberPrefix = "id:"

    /// Sessions by number, or by the name that a device gave them.
    ///
    /// - Parameters:
    ///   - reference: With `numberPrefix` it is a number and no name.
    ///   - isNameFirst: Whether what could be both is a name; else it is both.
    ///   - isShown: Whether a device's sessions may be seen.
    /// - Returns: All that go by the name.
    public func sessions(
        _ reference: String, isNameFirst: Bool = false,
        of isShown: @escaping @Sendable (DeviceRecord) -> Bool = { _ in true }
    ) async throws(LogError) -> [(session: SessionRecord, device: DeviceRecord)] {
        try await store.readTables { (reader) throws(LogError) in
            var found: [(session: SessionRecord, device: DeviceRecord)] = []
            func add(_ session: SessionRecord) throws(LogError) {
                guard let device = try reader.row(session.device, of: DeviceRecord.self), isShown(device) else {
                    return
                }
                if !found.contains(where: { $0.session.id == session.id }) { found.append((session, device)) }
            }
            func addNumbered(_ number: some StringProtocol) throws(LogError) {
                if let id = UInt64(number), let session = try reader.row(id, of: SessionRecord.self) {
                    try add(session)
                }
            }
            func addNamed() throws(LogError) {
                for session in try reader.sessions(named: Array(reference.utf8)) { try add(session) }
            }
            if reference.hasPrefix(Fleet.numberPrefix) {
                try addNumbered(reference.dropFirst(Fleet.numberPrefix.count))
                if !found.isEmpty { return found }
            }
            if !isNameFirst { try addNumbered(reference) }
            try addNamed()
            if found.isEmpty { try addNumbered(reference) }
            return found
        }
    }

    /// Starts a session, or says more of one that entries have started.
    ///
    /// - Returns: The session, and whether it is new.
    func start(
        _ name: [UInt8], of device: UInt64, _ change: SessionChange
    ) async throws(LogError) -> (session: SessionRecord, isNew: Bool) {
        let now = clock().microseconds
        return try await store.editTables { (editor) throws(LogError) in
            let old = try editor.row(SessionRecord.byName, SessionRecord.nameKey(device: device, sessionID: name))
            var session = old ?? SessionRecord(device: device, sessionID: name, time: change.started ?? now)
            change.apply(to: &session, now: now)
            if let old {
                try editor.update(session, replacing: old)
            } else {
                session = try editor.insert(session)
            }
            return (session, old == nil)
        }
    }

    /// - Returns: Nil where there is no such session.
    func change(_ id: UInt64, _ change: SessionChange) async throws(LogError) -> SessionRecord? {
        let now = clock().microseconds
        return try await store.editTables { (editor) throws(LogError) in
            guard let old = try editor.row(id, of: SessionRecord.self) else { return nil }
            var session = old
            change.apply(to: &session, now: now)
            try editor.update(session, replacing: old)
            return session
        }
    }

    /// Ends the sessions of devices that have been away for too long.
    ///
    /// - Returns: How many.
    @discardableResult
    func abortLostSessions() async throws(LogError) -> Int {
        let now = clock().microseconds
        var filter = SessionFilter()
        filter.status = .active
        let active = filter
        let lost = try await store.readTables { (reader) throws(LogError) in
            var lost: [UInt64] = []
            for session in try reader.sessions(active, limit: .max - 1).sessions {
                guard let device = try reader.row(session.device, of: DeviceRecord.self) else { continue }
                if device.lastSeen + Fleet.sessionTimeout <= now { lost.append(session.id) }
            }
            return lost
        }
        var total = 0
        var rest = lost[...]
        while !rest.isEmpty {
            let part = Array(rest.prefix(Fleet.rowsPerEdit))
            rest = rest.dropFirst(part.count)
            total += try await abort(part, at: now)
        }
        return total
    }

    private func abort(_ lost: [UInt64], at now: Int64) async throws(LogError) -> Int {
        try await store.editTables { (editor) throws(LogError) in
            var count = 0
            for id in lost {
                guard let old = try editor.row(id, of: SessionRecord.self), old.status == .active,
                    let device = try editor.row(old.device, of: DeviceRecord.self),
                    device.lastSeen + Fleet.sessionTimeout <= now
                else { continue }
                var session = old
                session.status = .aborted
                session.isTimedOut = true
                session.completedAt = session.lastEntryAt
                try editor.update(session, replacing: old)
                count += 1
            }
            return count
        }
    }
}
