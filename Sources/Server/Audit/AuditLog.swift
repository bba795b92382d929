public import LogDB
public import LogModel

/// The audit log of a store: what was done by whom. Rows are only ever added.
public struct AuditLog: Sendable {
    let store: LogStore

    public init(_ store: LogStore) { self.store = store }

    /// A row as it is shown.
    public struct Entry: Sendable {
        public let id: UInt64
        public let time: Timestamp
        public let actor: String
        public let action: String
        public let target: String
        public let isRefused: Bool
        public let address: String
        public let detail: String
        /// In hexadecimal.
        public let hash: String

        init(_ record: AuditRecord) {
            id = record.id
            time = Timestamp(microseconds: record.time)
            actor = record.actor
            action = record.action
            target = record.target
            isRefused = record.isRefused
            address = record.address
            detail = record.detail
            hash = AuditLog.hexadecimal(record.hash)
        }
    }

    /// What a check of the whole log found.
    public struct Verification: Sendable {
        public let count: UInt64
        /// The hash of the last row, in hexadecimal: kept elsewhere, it shows later whether rows were cut off the end.
        public let head: String
        /// The first row that does not follow from the one before it; nil when all do.
        public let brokenAt: UInt64?

        public var isIntact: Bool { brokenAt == nil }
    }

    /// Writes a row in the edit that makes the change itself, so that neither is there without the other.
    static func append(_ event: AuditEvent, in editor: TableEditor) throws(LogError) {
        let last = try editor.last(of: AuditRecord.self)
        try editor.insert(AuditRecord(event, at: .now, after: last))
    }

    func append(_ event: AuditEvent) async throws(LogError) {
        try await store.editTables { (editor) throws(LogError) in try AuditLog.append(event, in: editor) }
    }

    /// The newest first.
    ///
    /// - Parameter id: Only rows before this one. Nil: from the last on.
    public func entries(before id: UInt64? = nil, limit: Int) async throws(LogError) -> [Entry] {
        try await store.readTables { (reader) throws(LogError) in
            var next = min(id ?? .max, try reader.lastID(of: AuditRecord.self) + 1)
            var entries: [Entry] = []
            while next > 1, entries.count < limit {
                next -= 1
                if let record = try reader.row(next, of: AuditRecord.self) { entries.append(Entry(record)) }
            }
            return entries
        }
    }

    /// Follows the chain from the first row to the last.
    public func verify() async throws(LogError) -> Verification {
        try await store.readTables { (reader) throws(LogError) in
            var hash = AuditRecord.firstPreviousHash
            var count: UInt64 = 0
            var brokenAt: UInt64?
            try reader.forEach(of: AuditRecord.self) { (record) throws(LogError) in
                count += 1
                let follows =
                    record.id == count && record.previousHash == hash && record.hash == record.expectedHash
                if !follows { brokenAt = brokenAt ?? count }
                hash = record.hash
                return true
            }
            if count < (try reader.lastID(of: AuditRecord.self)) { brokenAt = brokenAt ?? count + 1 }
            return Verification(count: count, head: AuditLog.hexadecimal(hash), brokenAt: brokenAt)
        }
    }

    static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
