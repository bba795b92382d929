/// What of a session's entries is no longer there, under the session's own id: beside its counts, which say what was ever
/// accepted. Written in the commit that takes the entries away, by the threads that do so, one at a time.
public struct SessionLoss: TableRecord {
    /// The session's.
    public var id: UInt64 = 0
    /// Entries that somebody deleted, and that are off the disk.
    public var deletedCount: UInt64 = 0
    /// Entries that became older than they are kept.
    public var expiredCount: UInt64 = 0

    public static let tableNumber: UInt8 = 4
    public static let tableName = "session_losses"
    public static let indexes: [TableIndex<SessionLoss>] = []

    public init(id: UInt64) { self.id = id }

    public func encode(into fields: inout FieldWriter) {
        fields.unsigned(1, deletedCount)
        fields.unsigned(2, expiredCount)
    }

    public init(id: UInt64, fields: FieldReader) throws(LogError) {
        self.id = id
        deletedCount = try fields.unsigned(1) ?? 0
        expiredCount = try fields.unsigned(2) ?? 0
    }
}

extension TableReader {
    /// What a session has lost; nothing where nothing was taken away.
    public func loss(of session: UInt64) throws(LogError) -> SessionLoss {
        try row(session, of: SessionLoss.self) ?? SessionLoss(id: session)
    }
}

extension TableCheck {
    /// Sessions that lost more than they had, or that are not there.
    static func lossProblems(_ store: RocksStore) throws(LogError) -> [String] {
        var problems: [String] = []
        let sessions = Table<SessionRecord>(store: store)
        try Table<SessionLoss>(store: store).forEach { (loss) throws(LogError) in
            let total = try sessions.row(loss.id)?.totalLogs ?? 0
            if loss.deletedCount + loss.expiredCount > total {
                problems.append(
                    "session \(loss.id) had \(total) entries, and lost \(loss.deletedCount) by deletions and "
                        + "\(loss.expiredCount) by age")
            }
            return true
        }
        return problems
    }
}
