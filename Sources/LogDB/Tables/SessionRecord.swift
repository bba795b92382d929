import LogModel

/// A session of a device, with its counts: kept in the commit of the logs themselves, duplicates excluded.
public struct SessionRecord: TableRecord {
    public enum Status: UInt8, StoredChoice {
        case active = 0
        case completed = 1
        case failed = 2
        case aborted = 3
    }

    public var id: UInt64 = 0
    /// The device's id.
    public var device: UInt64
    /// The session's name on the device; any bytes, unique within the device.
    public var sessionID: [UInt8]
    public var status: Status
    /// The earliest and the latest time of its entries, in microseconds since the epoch.
    public var startedAt: Int64
    public var lastEntryAt: Int64
    /// Entries ever accepted, by `Level` raw value.
    public var levelCounts: [UInt64]
    /// What people call it; empty: as the device does.
    public var name = ""
    /// When it ended, in microseconds since the epoch; nil while it goes on.
    public var completedAt: Int64?
    /// The capsule that the device ran; 0 where nobody said.
    public var capsuleID: UInt64 = 0
    /// Whether it was ended because the device was away for too long: entries that come later open it again.
    public var isTimedOut = false

    public var totalLogs: UInt64 { levelCounts.reduce(0, +) }
    public var warningCount: UInt64 { levelCounts[Int(Level.warn.rawValue)] }
    /// Entries at `ERROR` and above.
    public var errorCount: UInt64 {
        levelCounts[Int(Level.error.rawValue)] + levelCounts[Int(Level.fatal.rawValue)]
    }

    public static let tableNumber: UInt8 = 2
    public static let tableName = "sessions"
    /// By device and name.
    public static let byName = TableIndex<SessionRecord>(number: 1, name: "device, session_id", isUnique: true) {
        nameKey(device: $0.device, sessionID: $0.sessionID)
    }
    /// By name alone, as queries compare it, without case: several devices may use the same.
    public static let byFoldedSessionID = TableIndex<SessionRecord>(
        number: 2, name: "folded session_id", isUnique: false
    ) {
        CaseFolding.fold($0.sessionID)
    }
    /// By device, then start.
    public static let byStart = TableIndex<SessionRecord>(number: 3, name: "device, started_at", isUnique: false) {
        var key = KeyWriter(capacity: 16)
        key.append($0.device)
        key.append($0.startedAt)
        return key.bytes
    }
    /// By status.
    public static let byStatus = TableIndex<SessionRecord>(number: 4, name: "status", isUnique: false) {
        statusKey($0.status)
    }
    /// By start alone.
    public static let byTime = TableIndex<SessionRecord>(number: 5, name: "started_at, id", isUnique: true) {
        IndexValue.signed($0.startedAt) + IndexValue.number($0.id)
    }
    public static let indexes = [byName, byFoldedSessionID, byStart, byStatus, byTime]

    /// The value in `byStatus`.
    public static func statusKey(_ status: Status) -> [UInt8] { [status.rawValue] }

    /// The value in `byName`.
    public static func nameKey(device: UInt64, sessionID: [UInt8]) -> [UInt8] {
        var key = KeyWriter(capacity: 8 + sessionID.count)
        key.append(device)
        return key.bytes + sessionID
    }

    /// What `nameKey` was made of.
    static func nameParts(_ key: [UInt8]) -> (device: UInt32, sessionID: [UInt8])? {
        guard key.count >= 8 else { return nil }
        return (key[..<8].reduce(0) { $0 << 8 | UInt32(truncatingIfNeeded: $1) }, Array(key[8...]))
    }

    /// - Parameter time: When it started, in microseconds since the epoch.
    public init(device: UInt64, sessionID: [UInt8], time: Int64) {
        self.device = device
        self.sessionID = sessionID
        status = .active
        startedAt = time
        lastEntryAt = time
        levelCounts = [UInt64](repeating: 0, count: Level.allCases.count)
    }

    public func encode(into fields: inout FieldWriter) {
        fields.unsigned(1, device)
        fields.bytes(2, sessionID)
        fields.unsigned(3, UInt64(status.rawValue))
        fields.signed(4, startedAt)
        fields.signed(5, lastEntryAt)
        for (level, count) in levelCounts.enumerated() { fields.unsigned(UInt8(6 + level), count) }
        if !name.isEmpty { fields.text(11, name) }
        if let completedAt { fields.signed(12, completedAt) }
        if capsuleID != 0 { fields.unsigned(13, capsuleID) }
        if isTimedOut { fields.unsigned(14, 1) }
    }

    public init(id: UInt64, fields: FieldReader) throws(LogError) {
        guard let device = try fields.unsigned(1) else { throw fields.missing("device") }
        guard let sessionID = fields.bytes(2) else { throw fields.missing("session_id") }
        self.id = id
        self.device = device
        self.sessionID = sessionID
        status = try fields.choice(3) ?? .active
        startedAt = try fields.signed(4) ?? 0
        lastEntryAt = try fields.signed(5) ?? startedAt
        levelCounts = []
        for level in 0..<Level.allCases.count { levelCounts.append(try fields.unsigned(UInt8(6 + level)) ?? 0) }
        name = fields.text(11) ?? ""
        completedAt = try fields.signed(12)
        capsuleID = try fields.unsigned(13) ?? 0
        isTimedOut = try fields.unsigned(14) == 1
    }
}
