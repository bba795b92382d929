/// Bytes below a power of two, with only the bits they need: value n takes bits n × width and on, the lowest first.
///
/// Eight values are moved at a time, halves of a word by halves of a word, as their place in it allows (Knuth, The Art of
/// Computer Programming 4A, section 7.1.3, on packing and unpacking).
enum BitPlane {
    static let widthMax = 7

    /// The bits that the largest of `bytes` needs, 0 to 8.
    static func width(_ bytes: UnsafeRawBufferPointer) -> Int {
        var all: UInt8 = 0
        for byte in bytes { all |= byte }
        return 8 - all.leadingZeroBitCount
    }

    static func packedByteCount(_ count: Int, width: Int) -> Int { (count * width + 7) / 8 }

    /// Appends `bytes`, each below 2 to the power of `width`.
    ///
    /// - Parameter width: 1 to `widthMax`.
    static func pack(_ bytes: UnsafeRawBufferPointer, width: Int, into writer: inout ByteWriter) {
        let lanes = Lanes(width: width)
        var index = 0
        while index < bytes.count {
            var word: UInt64 = 0
            if index + 8 <= bytes.count {
                word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            } else {
                for place in index..<bytes.count { word |= UInt64(bytes[place]) << UInt64((place - index) * 8) }
            }
            var packed = lanes.packed(word)
            let count = packedByteCount(min(8, bytes.count - index), width: width)
            for _ in 0..<count {
                writer.byte(UInt8(truncatingIfNeeded: packed))
                packed >>= 8
            }
            index += 8
        }
    }

    /// Fills `bytes` with what was packed.
    ///
    /// - Parameters:
    ///   - packed: `packedByteCount` bytes.
    ///   - width: 1 to `widthMax`.
    ///   - bytes: Of a `ColumnBuffer`, whose padding takes the rest of the last eight.
    static func unpack(_ packed: UnsafeRawBufferPointer, width: Int, into bytes: UnsafeMutableBufferPointer<UInt8>) {
        guard let source = packed.baseAddress, let target = UnsafeMutableRawPointer(bytes.baseAddress) else { return }
        let lanes = Lanes(width: width)
        let mask = lanes.packedMask
        var index = 0
        var offset = 0
        while offset + 8 <= packed.count, index + 8 <= bytes.count {
            let word = UInt64(littleEndian: source.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) & mask
            target.storeBytes(of: lanes.spread(word).littleEndian, toByteOffset: index, as: UInt64.self)
            index += 8
            offset += width
        }
        while index < bytes.count {
            var word: UInt64 = 0
            for place in offset..<min(offset + width, packed.count) {
                word |= UInt64(packed[place]) << UInt64((place - offset) * 8)
            }
            var values = lanes.spread(word)
            for place in index..<min(index + 8, bytes.count) {
                bytes[place] = UInt8(truncatingIfNeeded: values)
                values >>= 8
            }
            index += 8
            offset += width
        }
    }

    /// One value of what was packed.
    ///
    /// - Parameter packed: `packedByteCount` bytes for more than `index` values.
    @inline(__always)
    static func value(_ packed: UnsafeRawBufferPointer, width: Int, at index: Int) -> UInt8 {
        let bit = index * width
        var word = UInt16(packed[bit >> 3])
        if (bit >> 3) + 1 < packed.count { word |= UInt16(packed[(bit >> 3) + 1]) << 8 }
        return UInt8(truncatingIfNeeded: (word >> UInt16(bit & 7)) & (1 << UInt16(width) - 1))
    }

    /// How eight values lie in a word: a byte each, or next to each other, in three steps between.
    private struct Lanes {
        private let width: UInt64
        private let ones: UInt64
        private let twos: UInt64
        private let fours: UInt64
        let packedMask: UInt64

        init(width: Int) {
            self.width = UInt64(width)
            ones = (1 << self.width - 1) &* 0x0001_0001_0001_0001
            twos = (1 << (self.width * 2) - 1) &* 0x0000_0001_0000_0001
            fours = 1 << (self.width * 4) - 1
            packedMask = 1 << (self.width * 8) - 1
        }

        @inline(__always)
        func spread(_ packed: UInt64) -> UInt64 {
            var word = (packed & fours) | (packed << (32 - 4 * width) & fours << 32)
            word = (word & twos) | (word << (16 - 2 * width) & twos << 16)
            return (word & ones) | (word << (8 - width) & ones << 8)
        }

        @inline(__always)
        func packed(_ word: UInt64) -> UInt64 {
            var packed = (word & ones) | (word & ones << 8) >> (8 - width)
            packed = (packed & twos) | (packed & twos << 16) >> (16 - 2 * width)
            return (packed & fours) | (packed & fours << 32) >> (32 - 4 * width)
        }
    }
}
