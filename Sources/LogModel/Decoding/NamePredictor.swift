/// The names of the entry before, by position: entries of one stream have the same members in the same order, and
/// comparing a name with the expected one is several times faster than finding its end and its meaning.
struct NamePredictor {
    /// A name with all that is between it and its value, as two words and what counts of them.
    private struct Slot {
        var low: UInt64 = 0
        var lowMask: UInt64 = 0
        var high: UInt64 = 0
        var highMask: UInt64 = 0
        /// Of the name.
        var nameCount = 0
        /// Of the name and what follows it. 0: nothing is known here.
        var count = 0
        var field: EntryFieldName?
        var identity: UInt32 = 0
    }

    private static let slotByteCount = 16
    private static let slotCountMax = 64

    private var slots: [Slot] = []
    /// How many names the entry had so far.
    private var position = 0
    /// How many names were learned. Each gets its own number, from 1.
    private var identityCount: UInt32 = 0

    @inline(__always)
    mutating func startEntry() { position = 0 }

    /// What is expected next, if it is what stands at `start`: the length of the name, where its value starts, its field,
    /// and a number that no other name has. Otherwise the caller finds them and gives them to `learn`.
    @inline(__always)
    mutating func next(
        _ source: UnsafePointer<UInt8>, at start: Int, end: Int
    ) -> (nameCount: Int, valueStart: Int, field: EntryFieldName?, identity: UInt32)? {
        guard position < slots.count, start &+ NamePredictor.slotByteCount <= end else { return nil }
        let slot = slots[position]
        let bytes = UnsafeRawPointer(source + start)
        let low = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self)) ^ slot.low
        let high = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)) ^ slot.high
        guard (low & slot.lowMask) | (high & slot.highMask) == 0, slot.count > 0 else { return nil }
        position &+= 1
        return (slot.nameCount, start &+ slot.count, slot.field, slot.identity)
    }

    /// Passes to the next name, after `next` did not know this one.
    ///
    /// - Parameters:
    ///   - text: The name, the quote, the colon and any spaces up to its value; nil when the name has escapes, and so
    ///     has to be read each time.
    ///   - nameCount: How much of it is the name.
    /// - Returns: The name's number from now on, 0 if it is not remembered.
    mutating func learn(_ text: UnsafeRawBufferPointer?, nameCount: Int, _ field: EntryFieldName?) -> UInt32 {
        defer { position += 1 }
        guard position < NamePredictor.slotCountMax, position <= slots.count else { return 0 }
        var slot = Slot()
        if let text, text.count <= NamePredictor.slotByteCount {
            slot.nameCount = nameCount
            slot.count = text.count
            slot.field = field
            // After 2³² names the numbers start anew, and with them the batch's table of strings long has.
            identityCount &+= 1
            slot.identity = identityCount
            for (index, byte) in text.enumerated() {
                let shift = UInt64(index % 8 * 8)
                if index < 8 {
                    slot.low |= UInt64(byte) << shift
                    slot.lowMask |= 0xff << shift
                } else {
                    slot.high |= UInt64(byte) << shift
                    slot.highMask |= 0xff << shift
                }
            }
        }
        if position == slots.count { slots.append(slot) } else { slots[position] = slot }
        return slot.identity
    }
}
