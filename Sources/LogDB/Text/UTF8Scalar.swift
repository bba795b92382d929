/// Characters in bytes that may be anything. A character is a Unicode scalar in well-formed UTF-8 (Unicode 15, table
/// 3-7), or a single byte that belongs to none.
enum UTF8Scalar {
    /// The scalar at `offset`, which lies within the text. The length is 0 where no scalar begins.
    @inline(__always)
    static func decode(_ text: UnsafeRawBufferPointer, at offset: Int) -> (value: UInt32, length: Int) {
        let first = text[offset]
        if first < 0x80 { return (UInt32(first), 1) }
        let rest = text.count - offset
        guard first >= 0xc2, first <= 0xf4, rest >= 2 else { return (0, 0) }
        let second = text[offset + 1]
        guard second & 0xc0 == 0x80 else { return (0, 0) }
        if first < 0xe0 { return (UInt32(first & 0x1f) << 6 | UInt32(second & 0x3f), 2) }
        guard rest >= 3 else { return (0, 0) }
        let third = text[offset + 2]
        guard third & 0xc0 == 0x80 else { return (0, 0) }
        if first < 0xf0 {
            let value = UInt32(first & 0x0f) << 12 | UInt32(second & 0x3f) << 6 | UInt32(third & 0x3f)
            // Shorter forms exist below 0x800; surrogates are no scalars.
            return value < 0x800 || value & 0xf800 == 0xd800 ? (0, 0) : (value, 3)
        }
        guard rest >= 4 else { return (0, 0) }
        let fourth = text[offset + 3]
        guard fourth & 0xc0 == 0x80 else { return (0, 0) }
        let value =
            UInt32(first & 0x07) << 18 | UInt32(second & 0x3f) << 12 | UInt32(third & 0x3f) << 6
            | UInt32(fourth & 0x3f)
        return value < 0x1_0000 || value > 0x10_ffff ? (0, 0) : (value, 4)
    }

    /// The end of the character that begins at `offset`, which lies within the text.
    @inline(__always)
    static func characterEnd(_ text: UnsafeRawBufferPointer, at offset: Int) -> Int {
        offset + max(1, decode(text, at: offset).length)
    }

    /// The start of the character that ends at `offset`, a boundary above 0.
    static func characterStart(_ text: UnsafeRawBufferPointer, before offset: Int) -> Int {
        if text[offset - 1] & 0xc0 != 0x80 { return offset - 1 }
        // A byte that leads a scalar is never part of another one, so the first fit is the character.
        for length in 2...4 where length <= offset {
            if decode(text, at: offset - length).length == length { return offset - length }
        }
        return offset - 1
    }

    /// Whether no scalar covers both sides of `offset`.
    @inline(__always)
    static func isBoundary(_ text: UnsafeRawBufferPointer, _ offset: Int) -> Bool {
        if offset <= 0 || offset >= text.count || text[offset] & 0xc0 != 0x80 { return true }
        return isBoundaryAmongContinuations(text, offset)
    }

    private static func isBoundaryAmongContinuations(_ text: UnsafeRawBufferPointer, _ offset: Int) -> Bool {
        for back in 1...3 where back <= offset {
            if text[offset - back] & 0xc0 != 0x80 { return decode(text, at: offset - back).length <= back }
        }
        return true
    }

    /// Appends the scalar's UTF-8.
    static func append(_ value: UInt32, to bytes: inout [UInt8]) {
        func low6(_ shift: UInt32) -> UInt8 { 0x80 | UInt8(truncatingIfNeeded: value >> shift & 0x3f) }
        switch value {
        case ..<0x80:
            bytes.append(UInt8(value))
        case ..<0x800:
            bytes.append(0xc0 | UInt8(value >> 6))
            bytes.append(low6(0))
        case ..<0x1_0000:
            bytes.append(0xe0 | UInt8(value >> 12))
            bytes.append(low6(6))
            bytes.append(low6(0))
        default:
            bytes.append(0xf0 | UInt8(truncatingIfNeeded: value >> 18))
            bytes.append(low6(12))
            bytes.append(low6(6))
            bytes.append(low6(0))
        }
    }
}
