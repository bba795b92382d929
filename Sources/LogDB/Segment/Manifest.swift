import Synchronization

/// The list of segments, on disk and in the current view. Sealing, merging and expiry all end in `commit`, one atomic
/// write; crash safety is argued there once.
final class Manifest: Sendable {
    private let store: RocksStore
    private let view: CurrentView
    private let remover: SegmentRemover

    private struct Numbers {
        var nextSegment: UInt64
        var nextBlock: UInt64
    }
    private let numbers: Mutex<Numbers>
    private let replacement = Mutex(())

    /// What a store's segments are on open.
    struct Loaded {
        var live: [Segment] = []
        /// Begun and not finished, or retired and not removed: their blocks are to go.
        var leftovers: [SegmentRecord] = []
        var nextSegment: UInt64 = 1
        var nextBlock: UInt64 = 1
    }

    static func load(_ store: RocksStore, remover: SegmentRemover) throws(LogError) -> Loaded {
        var loaded = Loaded()
        let prefix = [KeyLayout.segmentRecordPrefix]
        try store.forEach(.segments, from: prefix, to: KeyLayout.end(of: prefix)) { (key, value) throws(LogError) in
            let number = try KeyLayout.number(key)
            let record = try SegmentRecord.decode(value, location: "segment \(number)")
            if record.state == .live {
                remover.didCreate(day: record.day)
                loaded.live.append(Segment(record, remover: remover))
            } else {
                loaded.leftovers.append(record)
            }
            loaded.nextSegment = max(loaded.nextSegment, record.id + 1)
            loaded.nextBlock = max(loaded.nextBlock, record.blockNumbers.upperBound)
            return true
        }
        // Numbers of segments that are gone are not given again: an orphan of theirs must not look like a new block.
        loaded.nextSegment = max(loaded.nextSegment, try nextNumber(KeyLayout.nextSegment, store) ?? 0)
        loaded.nextBlock = max(loaded.nextBlock, try nextNumber(KeyLayout.nextBlock, store) ?? 0)
        return loaded
    }

    /// The number that the next segment or block is given, as the store holds it; nil before the first.
    static func nextNumber(_ key: [UInt8], _ store: RocksStore) throws(LogError) -> UInt64? {
        guard let bytes = try store.value(.meta, key) else { return nil }
        return try KeyLayout.number(value: bytes)
    }

    init(_ store: RocksStore, view: CurrentView, remover: SegmentRemover, nextSegment: UInt64, nextBlock: UInt64) {
        self.store = store
        self.view = view
        self.remover = remover
        numbers = Mutex(Numbers(nextSegment: nextSegment, nextBlock: nextBlock))
    }

    /// Begins a segment: gives it its numbers and records that it is being built, so that a crash leaves nothing that the
    /// next open does not find.
    ///
    /// - Parameter isCold: Whether its columns are to lie in the cold tier.
    func begin(day: Int32, blockCountMax: UInt64, isCold: Bool = false) throws(LogError) -> SegmentRecord {
        // From here on no file of the day is dropped, and the numbers lie past all that was removed of it.
        remover.didCreate(day: day)
        let (record, after) = numbers.withLock { numbers in
            var record = SegmentRecord(
                id: numbers.nextSegment, state: .building, day: day,
                blockNumbers: numbers.nextBlock..<(numbers.nextBlock + blockCountMax))
            if isCold { record.coldKey = Manifest.coldKey(record.id) }
            numbers.nextSegment += 1
            numbers.nextBlock += blockCountMax
            return (record, numbers)
        }
        var batch = WriteBatch()
        batch.put(store, .segments, KeyLayout.segmentRecord(record.id), record.encode())
        batch.put(store, .meta, KeyLayout.nextSegment, Manifest.number(after.nextSegment))
        batch.put(store, .meta, KeyLayout.nextBlock, Manifest.number(after.nextBlock))
        do throws(LogError) {
            // An object that is made must be known to a store that comes back after a power loss, or nobody removes it.
            try store.write(batch, synced: isCold)
        } catch {
            remover.didRelease(record, isRetired: false)
            throw error
        }
        return record
    }

    /// Gives up a segment that was begun: what is written of it is removed. Not after `commit`, even one that failed: what
    /// the log holds of it is known only on the next open.
    func abandon(_ record: SegmentRecord) { remover.didRelease(record, isRetired: true) }

    /// Runs `body`, which retires `segments` by `commit`, while nobody else retires any: what it counts of them counts once.
    ///
    /// - Returns: False when one of them is not live any more; `body` did not run then.
    func replacing(_ segments: [Segment], _ body: () throws(LogError) -> Void) throws(LogError) -> Bool {
        try replacement.withLock { (_) throws(LogError) in
            let live = Set(view.snapshot().segments.map(\.record.id))
            guard segments.allSatisfy({ live.contains($0.record.id) }) else { return false }
            try body()
            return true
        }
    }

    /// Makes `added` live and `retired` gone, with whatever else `batch` holds, in one synced write; then the view
    /// changes the same way. A crash before the write leaves the old segments, one after it the new.
    ///
    /// - Parameters:
    ///   - batch: Goes into the same write: staging that the new segments replace.
    ///   - sealedHead: Leaves the view as the segments come.
    func commit(
        adding added: [SegmentRecord], retiring retired: [Segment], with batch: inout WriteBatch,
        sealedHead: Head? = nil
    ) throws(LogError) {
        for record in added { batch.put(store, .segments, KeyLayout.segmentRecord(record.id), record.encode()) }
        for segment in retired {
            var record = segment.record
            record.state = .retired
            batch.put(store, .segments, KeyLayout.segmentRecord(record.id), record.encode())
        }
        try store.write(batch, synced: true)
        let segments = added.map { Segment($0, remover: remover) }
        let retiredIDs = Set(retired.map { $0.record.id })
        view.update { view in
            view.segments.removeAll { retiredIDs.contains($0.record.id) }
            view.segments.append(contentsOf: segments)
            if let sealedHead { view.heads.removeAll { $0 === sealedHead } }
        }
        retired.forEach { $0.retire() }
    }

    /// A key that no other store has taken, should several share a place. It begins at random, so that a store that spreads
    /// objects by their first letters does so.
    private static func coldKey(_ segment: UInt64) -> String {
        func hexadecimal(_ number: UInt64) -> String {
            let text = String(number, radix: 16)
            return String(repeating: "0", count: 16 - text.utf8.count) + text
        }
        return hexadecimal(.random(in: .min ... .max)) + hexadecimal(segment)
    }

    private static func number(_ value: UInt64) -> [UInt8] {
        var key = KeyWriter(capacity: 8)
        key.append(value)
        return key.bytes
    }
}
