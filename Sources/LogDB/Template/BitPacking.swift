/// Numbers of any width below 65 bits, one after the other, the lowest bit first.
struct PackedBitWriter: ~Copyable {
    private var buffer = GrowingBuffer<UInt8>(minimumCapacity: 4_096)
    private var pending: UInt64 = 0
    private var pendingCount = 0

    /// What was written up to `finish`.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(buffer.view) }

    /// - Parameters:
    ///   - value: Below 2 to the power of `width`.
    ///   - width: 0 to 64.
    @inline(__always)
    mutating func append(_ value: UInt64, width: Int) {
        guard width > 0 else { return }
        pending |= value << UInt64(pendingCount)
        let used = pendingCount
        pendingCount += width
        guard pendingCount >= 64 else { return }
        UnsafeMutableRawPointer(buffer.extend(by: 8)).storeBytes(of: pending.littleEndian, as: UInt64.self)
        pendingCount -= 64
        // Shifting by 64 bits or more leaves nothing: the value ended with the word.
        pending = value >> UInt64(64 - used)
    }

    /// Writes what is left, up to a whole byte.
    mutating func finish() {
        while pendingCount > 0 {
            buffer.append(UInt8(truncatingIfNeeded: pending))
            pending >>= 8
            pendingCount -= 8
        }
        pendingCount = 0
        pending = 0
    }

    mutating func removeAll() {
        buffer.removeAll()
        pendingCount = 0
        pending = 0
    }
}

enum BitPacking {
    /// Bytes that must be readable past the last number's.
    static let paddingByteCount = 16

    /// The number of `width` bits that begins at bit `offset`.
    @inline(__always)
    static func value(in bytes: UnsafeRawPointer, at offset: Int, width: Int) -> UInt64 {
        guard width > 0 else { return 0 }
        let place = bytes + (offset >> 3)
        let shift = UInt64(offset & 7)
        var value = UInt64(littleEndian: place.loadUnaligned(as: UInt64.self)) >> shift
        if Int(shift) + width > 64 {
            value |= UInt64(place.load(fromByteOffset: 8, as: UInt8.self)) << (64 - shift)
        }
        return width == 64 ? value : value & (1 << UInt64(width) - 1)
    }
}
