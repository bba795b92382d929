/// The numbers of the identifiers that were used last, by a few of their bytes: finds them again in a fraction of the
/// time that the table of strings takes.
struct IdentifierCache {
    private static let slotCountLog: UInt64 = 8

    /// A string's number plus one, or 0 where free.
    private var slots = [UInt32](repeating: 0, count: 1 << Int(slotCountLog))

    mutating func forgetAll() {
        for index in slots.indices { slots[index] = 0 }
    }

    /// The number of `text` in `strings`, given it now if it is new.
    @inline(__always)
    mutating func code(of text: UnsafeRawBufferPointer, in strings: inout StringTable) -> UInt32 {
        let slot = IdentifierCache.slot(text)
        let known = slots[slot]
        if known != 0, strings.withBytes(Int(known - 1), { RawBytes.areEqual($0, text) }) { return known - 1 }
        let code = strings.intern(text)
        slots[slot] = code + 1
        return code
    }

    /// From the length and the last bytes, in which numbered names differ, and the first.
    @inline(__always)
    private static func slot(_ text: UnsafeRawBufferPointer) -> Int {
        guard let base = text.baseAddress, text.count > 0 else { return 0 }
        var word = UInt64(truncatingIfNeeded: text.count)
        if text.count >= 4 {
            word ^= UInt64(base.loadUnaligned(as: UInt32.self))
            word ^= UInt64(base.loadUnaligned(fromByteOffset: text.count - 4, as: UInt32.self)) << 32
        } else {
            word ^= UInt64(text[0]) << 8 ^ UInt64(text[text.count - 1]) << 32
        }
        return Int(truncatingIfNeeded: (word &* 0x9e37_79b9_7f4a_7c15) >> (64 - slotCountLog))
    }
}
