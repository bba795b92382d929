/// Appends numbers of any bit width, lowest bit first: bit n of the stream is bit n % 8 of byte n / 8.
struct BitWriter {
    private(set) var bytes: [UInt8] = []
    private var pending: UInt64 = 0
    private var pendingCount = 0

    /// - Parameter count: At most 56.
    mutating func bits(_ value: UInt64, _ count: Int) {
        assert(count <= 56 && (value >> UInt64(count)) == 0)
        pending |= value << UInt64(pendingCount)
        pendingCount += count
        while pendingCount >= 8 {
            bytes.append(UInt8(truncatingIfNeeded: pending))
            pending >>= 8
            pendingCount -= 8
        }
    }

    /// As many zeros as `value`, then a one.
    mutating func unary(_ value: UInt64) {
        var rest = value
        while rest >= 32 {
            bits(0, 32)
            rest -= 32
        }
        bits(1 << rest, Int(rest) + 1)
    }

    /// Golomb-Rice: the quotient by 2^parameter in unary, then the remainder.
    mutating func rice(_ value: UInt64, _ parameter: Int) {
        unary(value >> UInt64(parameter))
        bits(value & (1 << UInt64(parameter) - 1), parameter)
    }

    /// Elias gamma: how many bits follow the highest one, in unary, then those.
    ///
    /// - Parameter value: At least 1.
    mutating func gamma(_ value: UInt64) {
        let width = 63 - value.leadingZeroBitCount
        unary(UInt64(width))
        bits(value & (1 << UInt64(width) - 1), width)
    }

    /// Fills the last byte up with zeros and returns all of them.
    consuming func finish() -> [UInt8] {
        if pendingCount > 0 { bits(0, 8 - pendingCount) }
        return bytes
    }
}

/// Reads what `BitWriter` wrote. Past the end it reads zeros and says so by `isOverrun`, so that damaged bytes end in an
/// error and never in a trap.
struct BitReader {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isOverrun: Bool { position > bytes.count * 8 }

    /// - Parameter count: At most 56.
    @inline(__always)
    mutating func bits(_ count: Int) -> UInt64 {
        let value = window() & (1 << UInt64(count) - 1)
        position += count
        return value
    }

    @inline(__always)
    mutating func unary() -> UInt64 {
        var zeros = 0
        while position < bytes.count * 8 {
            let window = window() & (1 << 56 - 1)
            if window != 0 {
                position += window.trailingZeroBitCount + 1
                return UInt64(zeros + window.trailingZeroBitCount)
            }
            zeros += 56
            position += 56
        }
        position = bytes.count * 8 + 1
        return 0
    }

    @inline(__always)
    mutating func rice(_ parameter: Int) -> UInt64 {
        let quotient = unary()
        return quotient << UInt64(parameter) | bits(parameter)
    }

    @inline(__always)
    mutating func gamma() -> UInt64 {
        let width = Int(unary())
        // No number here comes near this width: the bytes are damaged.
        guard width <= 32 else {
            position = bytes.count * 8 + 1
            return 1
        }
        return 1 << UInt64(width) | bits(width)
    }

    /// At least 57 bits from the position on, zeros past the end.
    @inline(__always)
    private func window() -> UInt64 {
        let byte = position >> 3
        if byte + 8 <= bytes.count {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: byte, as: UInt64.self))
            return word >> UInt64(position & 7)
        }
        var word: UInt64 = 0
        var index = byte
        while index < bytes.count {
            word |= UInt64(bytes[index]) << UInt64((index - byte) * 8)
            index += 1
        }
        return word >> UInt64(position & 7)
    }
}
