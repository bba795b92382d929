/// The rules of `CaseFolding` and `Tokenizer` for bytes below 0x80, as arithmetic: the inner loops need no table.
enum ASCII {
    /// The letters A to Z in lower case; every other byte as it is.
    @inline(__always)
    static func fold(_ byte: UInt8) -> UInt8 {
        byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
    }

    /// Folds ASCII text, eight bytes at a time.
    ///
    /// - Parameter target: Room for as many bytes as the text has.
    @inline(__always)
    static func fold(_ text: UnsafeRawBufferPointer, to target: UnsafeMutableRawPointer) {
        guard let base = text.baseAddress else { return }
        var offset = 0
        while offset + 8 <= text.count {
            let bytes = UInt64(littleEndian: (base + offset).loadUnaligned(as: UInt64.self))
            // No byte is above 0x7f: adding 0x80 - c sets the highest bit of those from c on and carries into no other.
            let isUpper = (bytes &+ 0x3f3f_3f3f_3f3f_3f3f) & ~(bytes &+ 0x2525_2525_2525_2525) & 0x8080_8080_8080_8080
            (target + offset).storeBytes(of: (bytes | isUpper >> 2).littleEndian, as: UInt64.self)
            offset += 8
        }
        while offset < text.count {
            (target + offset).storeBytes(of: fold(text[offset]), as: UInt8.self)
            offset += 1
        }
    }

    /// Whether the byte is a letter, a digit or `_`. False from 0x80 on.
    @inline(__always)
    static func isTokenCharacter(_ byte: UInt8) -> Bool {
        // Bit n says whether byte n (plus 64) is one.
        let low: UInt64 = 0x03ff_0000_0000_0000
        let high: UInt64 = 0x07ff_fffe_87ff_fffe
        guard byte < 0x80 else { return false }
        return ((byte < 64 ? low : high) >> UInt64(byte & 63)) & 1 != 0
    }

    /// The offset of the first byte at or after `offset` that is 0x80 or above; the text's size when there is none.
    @inline(__always)
    static func firstHighByte(in text: UnsafeRawBufferPointer, from offset: Int) -> Int {
        guard let base = text.baseAddress else { return 0 }
        var offset = offset
        while offset + 32 <= text.count {
            let chunk = (base + offset).loadUnaligned(as: SIMD4<UInt64>.self)
            let signs = (chunk[0] | chunk[1] | chunk[2] | chunk[3]) & 0x8080_8080_8080_8080
            if signs != 0 { break }
            offset += 32
        }
        while offset < text.count, text[offset] < 0x80 { offset += 1 }
        return offset
    }
}
