public import LogDB
import LogModel
import Logging
import NIOCore
import Synchronization

/// Batches that ingesting refused, kept in the store so that somebody can look at them and try them again. They take a
/// bounded part of the disk: the oldest make room for new ones, and are counted.
public final class Quarantine: Sendable {
    /// How much there is.
    public struct Usage: Sendable, Equatable {
        public var batchCount = 0
        /// Bytes that the batches take.
        public var byteCount = 0
        /// Batches that were pushed out by newer ones, or never fitted, since the store was made.
        public var evictedCount: UInt64 = 0
        /// Batches that could not be written down, since the start.
        public var failureCount = 0
    }

    /// More batches than these are not kept, however small.
    static let batchCountMax = 10_000
    private static let zstdLevel = 3
    /// What a batch costs beyond what it held.
    private static let recordByteCount = 1_024

    let store: LogStore
    let limits: ServerLimits
    let scrubber: Scrubber
    let codecs: CodecPool
    /// Changed within edits of the tables, which take turns.
    private let state: Mutex<QuarantineDirectory>

    /// Reads what is there.
    ///
    /// - Throws: `LogError`.
    public convenience init(_ store: LogStore, limits: ServerLimits = ServerLimits()) async throws(LogError) {
        try await self.init(store, limits: limits, scrubber: Scrubber([]))
    }

    /// - Parameter scrubber: For what is stored after all.
    init(_ store: LogStore, limits: ServerLimits, scrubber: Scrubber) async throws(LogError) {
        self.scrubber = scrubber
        self.store = store
        self.limits = limits
        codecs = CodecPool()
        state = Mutex(try await Quarantine.load(store))
    }

    private static func load(_ store: LogStore) async throws(LogError) -> QuarantineDirectory {
        try await store.readTables { (reader) throws(LogError) in
            var state = QuarantineDirectory()
            try reader.forEach(of: QuarantineRecord.self) { (record) throws(LogError) in
                state.add(.init(record))
                return true
            }
            state.usage.evictedCount = try reader.row(1, of: QuarantineState.self)?.evictedCount ?? 0
            return state
        }
    }

    public var usage: Usage { state.withLock { $0.usage } }

    // MARK: Keeping

    /// Keeps a refused batch; one that was sent again unchanged is kept once.
    ///
    /// - Returns: Its id; nil where it does not fit, or could not be written down. The answer to its sender stays the
    ///   same then.
    func keep(_ refusal: Refusal, logger: Logger) async -> UInt64? {
        do {
            return try await store(refusal)
        } catch {
            logger.error("a refused batch of \(refusal.sender.name) could not be kept: \(error)")
            state.withLock { $0.usage.failureCount += 1 }
            return nil
        }
    }

    private func store(_ refusal: Refusal) async throws -> UInt64? {
        let (batch, refused) = try part(of: refusal.batch, at: refusal.refused)
        var refusal = refusal
        refusal.batch = batch
        guard batch.bytes.readableBytes > 0 else { return nil }
        let fingerprint = Quarantine.fingerprint(batch, refusal)
        if let known = state.withLock({ $0.slots.first { $0.fingerprint == fingerprint }?.id }) { return known }
        let content = QuarantineContent(compressed: compressed(batch), refused: refused)
        let record = QuarantineRecord(
            refusal, received: .now, byteCount: batch.bytes.readableBytes,
            storedByteCount: Quarantine.storedByteCount(content), fingerprint: fingerprint)
        return try await changing { (editor) throws(LogError) in
            guard Int(record.storedByteCount) <= self.limits.quarantineByteCountMax else {
                try self.count(1, editor)
                return nil
            }
            let stored = try editor.insert(record)
            // Rows of both tables are added and removed together, so that their ids are the same.
            try editor.insert(content)
            try self.evict(adding: stored, editor)
            return stored.id
        }
    }

    /// Of lines only those that were refused are kept, of other forms the whole with a list of them.
    func part(
        of batch: ReceivedBatch, at refused: [Int]
    ) throws(Problem) -> (ReceivedBatch, refused: [Int]) {
        guard !refused.isEmpty, batch.format == .lines else { return (batch, refused) }
        return (try batch.lines(at: refused, limits, codecs), [])
    }

    func compressed(_ batch: ReceivedBatch) -> [UInt8] {
        var compressed: [UInt8] = []
        codecs.compress(Array(batch.bytes.readableBytesView), level: Quarantine.zstdLevel, into: &compressed)
        return compressed
    }

    static func storedByteCount(_ content: QuarantineContent) -> Int {
        recordByteCount + content.compressed.count + 4 * content.refused.count
    }

    private static func fingerprint(_ batch: ReceivedBatch, _ refusal: Refusal) -> UInt64 {
        let labels = [
            String(refusal.sender.accountID), refusal.code, batch.format.mediaType, batch.device ?? "",
            batch.labels.device ?? "", batch.labels.boot ?? "", batch.labels.sequence ?? "",
            batch.labels.clockOffset ?? "",
            String(batch.bytes.withUnsafeReadableBytes { ByteHash.hash($0) }),
        ]
        return Array(labels.joined(separator: "\n").utf8).withUnsafeBytes { ByteHash.hash($0) }
    }

    // MARK: Reading

    /// The newest first.
    ///
    /// - Parameters:
    ///   - id: Only batches before this one. Nil: from the last on.
    ///   - account: Only those that were sent by this account. Nil: all.
    func batches(before id: UInt64? = nil, limit: Int, account: UInt64?) async throws(LogError) -> [Batch] {
        let ids = state.withLock { $0.slots.map(\.id) }.reversed().drop { $0 >= id ?? .max }
        return try await store.readTables { (reader) throws(LogError) in
            var batches: [Batch] = []
            for id in ids where batches.count < limit {
                guard let record = try reader.row(id, of: QuarantineRecord.self),
                    account == nil || record.accountID == account
                else { continue }
                batches.append(Batch(record))
            }
            return batches
        }
    }

    /// The newest first, those of all accounts.
    public func batches(limit: Int) async throws(LogError) -> [Batch] {
        try await batches(limit: limit, account: nil)
    }

    /// What a batch held, as it was received.
    ///
    /// - Throws: `QuarantineError`; `LogError`.
    public func content(_ id: UInt64) async throws -> (batch: Batch, bytes: [UInt8]) {
        try await content(id, account: nil)
    }

    func content(_ id: UInt64, account: UInt64?) async throws -> (batch: Batch, bytes: [UInt8]) {
        let (record, content) = try await rows(id, account: account)
        return (Batch(record), try bytes(of: content))
    }

    func rows(
        _ id: UInt64, account: UInt64?
    ) async throws -> (QuarantineRecord, QuarantineContent) {
        let found = try await store.readTables { (reader) throws(LogError) in
            try reader.row(id, of: QuarantineRecord.self).flatMap { (record) throws(LogError) in
                try reader.row(id, of: QuarantineContent.self).map { (record, $0) }
            }
        }
        guard let found, account == nil || found.0.accountID == account else { throw QuarantineError.unknown(id) }
        return found
    }

    func bytes(of content: QuarantineContent) throws(LogError) -> [UInt8] {
        var bytes: [UInt8] = []
        let outcome: CodecPool.Outcome
        do throws(ZstdError) {
            outcome = try content.compressed.withUnsafeBytesTyped { (compressed) throws(ZstdError) in
                try codecs.decompress(compressed, into: &bytes, byteCountMax: limits.bodyByteCountMax)
            }
        } catch {
            throw LogError(.corruption, "the batch \(content.id) of the quarantine does not decompress")
        }
        guard case .whole = outcome else {
            throw LogError(.corruption, "the batch \(content.id) of the quarantine is not whole")
        }
        return bytes
    }

    // MARK: Removing

    /// Discards a batch.
    ///
    /// - Throws: `QuarantineError`; `LogError`.
    public func remove(_ id: UInt64, by author: Identities.Author) async throws {
        try await remove(id, account: nil, by: author)
    }

    func remove(_ id: UInt64, account: UInt64?, by author: Identities.Author) async throws {
        let isKnown = try await changing { (editor) throws(LogError) in
            guard let record = try editor.row(id, of: QuarantineRecord.self),
                account == nil || record.accountID == account
            else { return false }
            try self.delete(record, editor)
            try AuditLog.append(
                AuditEvent(
                    actor: author.actor, action: "quarantine.remove", target: String(id), address: author.address,
                    detail: "\(record.code), from \(record.sender)"), in: editor)
            return true
        }
        guard isKnown else { throw QuarantineError.unknown(id) }
    }

    // MARK: Changes

    /// Runs `body`, which also keeps `state` up to date; what it did there is undone when nothing was written.
    func changing<R: Sendable>(
        _ body: @escaping @Sendable (TableEditor) throws(LogError) -> R
    ) async throws(LogError) -> R {
        do {
            return try await store.editTables(body)
        } catch {
            if let stored = try? await Quarantine.load(store) {
                state.withLock { state in
                    let failureCount = state.usage.failureCount
                    state = stored
                    state.usage.failureCount = failureCount
                }
            }
            throw error
        }
    }

    func delete(_ record: QuarantineRecord, _ editor: TableEditor) throws(LogError) {
        try editor.delete(record)
        try editor.delete(QuarantineContent(id: record.id))
        state.withLock { $0.remove(record.id) }
    }

    /// Puts other rows in place of those that are stored.
    func replace(
        _ old: QuarantineRecord, with record: QuarantineRecord, _ content: QuarantineContent, _ editor: TableEditor
    ) throws(LogError) {
        try editor.update(record, replacing: old)
        try editor.update(content, replacing: QuarantineContent(id: old.id))
        state.withLock { state in
            state.remove(old.id)
            state.add(.init(record))
        }
    }

    private func evict(adding record: QuarantineRecord, _ editor: TableEditor) throws(LogError) {
        let evicted = state.withLock { state in
            state.add(.init(record))
            return state.makeRoom(byteCountMax: limits.quarantineByteCountMax)
        }
        for id in evicted {
            guard let old = try editor.row(id, of: QuarantineRecord.self) else { continue }
            try editor.delete(old)
            try editor.delete(QuarantineContent(id: id))
        }
        if !evicted.isEmpty { try count(UInt64(evicted.count), editor) }
    }

    private func count(_ evictedCount: UInt64, _ editor: TableEditor) throws(LogError) {
        let old = try editor.last(of: QuarantineState.self)
        var counted = old ?? QuarantineState()
        counted.evictedCount += evictedCount
        if let old { try editor.update(counted, replacing: old) } else { try editor.insert(counted) }
        state.withLock { $0.usage.evictedCount += evictedCount }
    }
}
