/// What is in the quarantine, in memory: which batches, the oldest first, and how much room they take.
struct QuarantineDirectory: Sendable {
    struct Slot: Sendable {
        var id: UInt64
        var byteCount: Int
        var fingerprint: UInt64

        init(_ record: QuarantineRecord) {
            id = record.id
            byteCount = Int(record.storedByteCount)
            fingerprint = record.fingerprint
        }
    }

    private(set) var slots: [Slot] = []
    var usage = Quarantine.Usage()

    mutating func add(_ slot: Slot) {
        let place = slots.lastIndex { $0.id < slot.id }.map { $0 + 1 } ?? 0
        slots.insert(slot, at: place)
        usage.batchCount += 1
        usage.byteCount += slot.byteCount
    }

    mutating func remove(_ id: UInt64) {
        guard let place = slots.firstIndex(where: { $0.id == id }) else { return }
        usage.batchCount -= 1
        usage.byteCount -= slots.remove(at: place).byteCount
    }

    /// Takes out the oldest past the bounds.
    mutating func makeRoom(byteCountMax: Int) -> [UInt64] {
        var evicted: [UInt64] = []
        while let oldest = slots.first, usage.byteCount > byteCountMax || slots.count > Quarantine.batchCountMax {
            evicted.append(oldest.id)
            remove(oldest.id)
        }
        return evicted
    }
}
