import LogModel

/// Stores a batch once however often it is sent: remembers, for each boot of each device, which sequences were received
/// and what they held. Its records are written in the commit of the batches themselves. On the commit thread only.
struct Deduplicator {
    private let store: RocksStore
    private var windows: [[UInt8]: ReceivedSequences] = [:]
    /// Records of the commit in progress, which the store does not have yet.
    private var uncommitted: [[UInt8]: BatchRecord] = [:]

    /// Windows kept in memory; past it, all are forgotten and read again.
    private static let windowCountMax = 16_384
    /// Batches of one boot, counted back from the newest, whose content can still be compared.
    private static let recordCountMax: UInt64 = 4_096

    /// What is known of one batch.
    struct BatchRecord: Equatable {
        var contentHash: UInt64
        var entryCount: UInt32
    }

    enum Verdict: Equatable {
        case new
        /// Received before; this many entries.
        case duplicate(Int)
        case conflict
        case expired
    }

    init(_ store: RocksStore) { self.store = store }

    /// - Parameter boot: From `KeyLayout.boot`.
    mutating func verdict(
        boot: [UInt8], sequence: UInt64, contentHash: UInt64, entryCount: Int
    ) throws(LogError) -> Verdict {
        let window = try self.window(boot)
        switch window.answer(sequence) {
        case .new: return .new
        case .unknown: return .expired
        case .received:
            guard let record = try record(boot, sequence) else { return .duplicate(entryCount) }
            return record.contentHash == contentHash ? .duplicate(Int(record.entryCount)) : .conflict
        }
    }

    /// Records the batch in `batch`.
    mutating func receive(
        boot: [UInt8], sequence: UInt64, record: BatchRecord, at time: Int64, into batch: inout WriteBatch
    ) throws(LogError) {
        var window = try self.window(boot)
        let given = window.insert(sequence)
        window.lastReceived = time
        windows[boot] = window
        batch.put(store, .batches, KeyLayout.bootWindow(boot), window.encode())
        let key = KeyLayout.bootBatch(boot, sequence)
        var writer = ByteWriter()
        writer.fixed(record.contentHash)
        writer.fixed(record.entryCount)
        Checksummed.seal(&writer.bytes)
        batch.put(store, .batches, key, writer.bytes)
        uncommitted[key] = record
        if let given { batch.delete(store, .batches, KeyLayout.bootBatch(boot, given)) }
        if sequence > Deduplicator.recordCountMax {
            batch.delete(store, .batches, KeyLayout.bootBatch(boot, sequence - Deduplicator.recordCountMax))
        }
    }

    /// The last sequence received without a gap.
    mutating func acknowledgedThrough(boot: [UInt8]) throws(LogError) -> UInt64? {
        try window(boot).acknowledgedThrough
    }

    /// Forgets what the commit that just ended has made readable.
    mutating func didCommit() {
        uncommitted.removeAll(keepingCapacity: true)
        if windows.count > Deduplicator.windowCountMax { windows.removeAll() }
    }

    private mutating func window(_ boot: [UInt8]) throws(LogError) -> ReceivedSequences {
        if let known = windows[boot] { return known }
        let window = try store.withValue(.batches, KeyLayout.bootWindow(boot)) {
            (bytes) throws(LogError) -> ReceivedSequences in
            guard let bytes else { return ReceivedSequences() }
            return try ReceivedSequences(bytes)
        }
        windows[boot] = window
        return window
    }

    private func record(_ boot: [UInt8], _ sequence: UInt64) throws(LogError) -> BatchRecord? {
        let key = KeyLayout.bootBatch(boot, sequence)
        if let record = uncommitted[key] { return record }
        return try store.withValue(.batches, key) { (bytes) throws(LogError) -> BatchRecord? in
            guard let bytes else { return nil }
            var reader = ByteReader(try Checksummed.open(bytes, location: "batch record"), location: "batch record")
            return BatchRecord(contentHash: try reader.fixed(), entryCount: try reader.fixed())
        }
    }
}
