/// The distinct words of one block, by their hashes. Kept and cleared from block to block, so that its memory is taken
/// once.
struct WordSet {
    private(set) var count = 0
    /// Open-addressed, at most half full, a power of two; 0 is free. The lowest bit of a hash is always set here, which
    /// keeps 0 apart and is below what the index stores.
    private var slots = [UInt64](repeating: 0, count: 1 << 10)

    init() {}

    @inline(__always)
    mutating func insert(_ hash: UInt64) {
        let key = hash | 1
        var slot = Int(truncatingIfNeeded: key >> 1) & (slots.count - 1)
        while slots[slot] != 0 {
            if slots[slot] == key { return }
            slot = (slot + 1) & (slots.count - 1)
        }
        slots[slot] = key
        count += 1
        if count * 2 > slots.count { grow() }
    }

    /// Adds the words of a message.
    @inline(__always)
    mutating func insertWords(of message: UnsafeRawBufferPointer, scratch: inout [UInt8]) {
        Tokenizer.forEachTokenHash(in: message, scratch: &scratch) { insert($0) }
    }

    mutating func removeAll() {
        for slot in slots.indices { slots[slot] = 0 }
        count = 0
    }

    /// Calls `body` with each word's hash, in no order; the lowest bit of a hash is not kept.
    @inline(__always)
    func forEach(_ body: (UInt64) -> Void) {
        for key in slots where key != 0 { body(key) }
    }

    @inline(never)
    private mutating func grow() {
        let old = slots
        slots = [UInt64](repeating: 0, count: old.count * 2)
        for key in old where key != 0 {
            var slot = Int(truncatingIfNeeded: key >> 1) & (slots.count - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = key
        }
    }
}
