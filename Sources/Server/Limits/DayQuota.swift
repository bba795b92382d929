import LogDB
import LogModel
import Logging
import Synchronization

/// Counts what each key has used of its day, which begins at midnight UTC. Counted in memory and written down some times
/// a minute, and when the server stops: a restart goes on counting, and only a crash forgets the last seconds.
final class DayQuota: Sendable {
    private struct State {
        var day: Int64 = 0
        var counts: [UInt64: UInt64] = [:]
        /// Keys whose count is not written down.
        var changed: Set<UInt64> = []
        var isWriteDue = false
    }

    private let store: LogStore
    private let logger: Logger
    private let interval: Duration
    private let state: Mutex<State>
    private static let dayMicroseconds: Int64 = 86_400_000_000

    /// Reads what was used.
    ///
    /// - Parameter interval: From a change to its writing.
    init(_ store: LogStore, logger: Logger, interval: Duration = .seconds(5)) async throws(LogError) {
        self.store = store
        self.logger = logger
        self.interval = interval
        state = Mutex(
            try await store.readTables { (reader) throws(LogError) in
                var state = State()
                try reader.forEach(of: KeyUsageRecord.self) { (record) throws(LogError) in
                    if record.day > state.day {
                        state.day = record.day
                        state.counts = [:]
                    }
                    if record.day == state.day { state.counts[record.keyID] = record.count }
                    return true
                }
                return state
            })
    }

    /// - Returns: Nil, or how many seconds are left of the day on which `most` is used up.
    func take(_ id: UInt64, most: UInt64, at now: Timestamp) -> Int? {
        let (seconds, isFirstChange) = state.withLock { state -> (Int?, Bool) in
            let day = now.microseconds / DayQuota.dayMicroseconds
            if state.day != day {
                state.day = day
                state.counts = [:]
                state.changed = []
            }
            let used = state.counts[id, default: 0]
            guard used < most else {
                let left = DayQuota.dayMicroseconds - now.microseconds % DayQuota.dayMicroseconds
                return (Int(left / 1_000_000) + 1, false)
            }
            state.counts[id] = used + 1
            state.changed.insert(id)
            defer { state.isWriteDue = true }
            return (nil, !state.isWriteDue)
        }
        if isFirstChange {
            Task {
                try? await Task.sleep(for: interval)
                await write()
            }
        }
        return seconds
    }

    /// Writes down what changed.
    func write() async {
        let rows = state.withLock { state in
            state.isWriteDue = false
            let rows = state.changed.map {
                KeyUsageRecord(keyID: $0, day: state.day, count: state.counts[$0, default: 0])
            }
            state.changed = []
            return rows
        }
        guard !rows.isEmpty else { return }
        do {
            try await store.editTables { (editor) throws(LogError) in
                for var row in rows {
                    if let old = try editor.row(KeyUsageRecord.byKey, KeyUsageRecord.key(row.keyID)) {
                        row.id = old.id
                        try editor.update(row, replacing: old)
                    } else {
                        try editor.insert(row)
                    }
                }
            }
        } catch {
            logger.warning("what API keys used of their day was not written down: \(error)")
        }
    }
}

/// What an API key used of a day.
struct KeyUsageRecord: TableRecord {
    var id: UInt64 = 0
    var keyID: UInt64
    /// Since the epoch.
    var day: Int64
    /// Requests.
    var count: UInt64

    static let tableNumber: UInt8 = 25
    static let tableName = "key_usage"
    static let byKey = TableIndex<KeyUsageRecord>(number: 1, name: "key", isUnique: true) { key($0.keyID) }
    static let indexes = [byKey]

    static func key(_ id: UInt64) -> [UInt8] { withUnsafeBytes(of: id.bigEndian) { Array($0) } }

    init(keyID: UInt64, day: Int64, count: UInt64) {
        self.keyID = keyID
        self.day = day
        self.count = count
    }

    func encode(into fields: inout FieldWriter) {
        fields.unsigned(1, keyID)
        fields.signed(2, day)
        fields.unsigned(3, count)
    }

    init(id: UInt64, fields: FieldReader) throws(LogError) {
        guard let keyID = try fields.unsigned(1) else { throw fields.missing("key") }
        self.id = id
        self.keyID = keyID
        day = try fields.signed(2) ?? 0
        count = try fields.unsigned(3) ?? 0
    }
}
