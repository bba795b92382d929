/// UTF-8 (RFC 3629) on raw bytes.
enum UTF8Scan {
    /// The length of the well-formed sequence that starts at `index`, or, negated, of the ill-formed bytes that one
    /// U+FFFD stands for: the longest start of a sequence, at least one byte (Unicode 15, section 3.9, "maximal
    /// subpart").
    ///
    /// - Precondition: `index < count`.
    static func sequence(_ bytes: UnsafePointer<UInt8>, at index: Int, count: Int) -> Int {
        let first = bytes[index]
        let length: Int
        var low: UInt8 = 0x80
        var high: UInt8 = 0xbf
        switch first {
        case 0x00...0x7f: return 1
        case 0xc2...0xdf: length = 2
        case 0xe0...0xef:
            length = 3
            if first == 0xe0 { low = 0xa0 } else if first == 0xed { high = 0x9f }
        case 0xf0...0xf4:
            length = 4
            if first == 0xf0 { low = 0x90 } else if first == 0xf4 { high = 0x8f }
        default: return -1
        }
        for offset in 1..<length {
            guard index + offset < count, bytes[index + offset] >= low, bytes[index + offset] <= high else {
                return -offset
            }
            low = 0x80
            high = 0xbf
        }
        return length
    }

    /// The offset of the first byte that is not part of a well-formed sequence, or nil.
    static func firstInvalid(_ bytes: UnsafePointer<UInt8>, count: Int) -> Int? {
        var index = 0
        while index < count {
            if bytes[index] < 0x80 {
                index += 1
                continue
            }
            let length = sequence(bytes, at: index, count: count)
            guard length > 0 else { return index }
            index += length
        }
        return nil
    }
}
