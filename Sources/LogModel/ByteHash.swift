/// A fast 64-bit hash of bytes, the same on every machine and in every run, so that it may be stored.
///
/// It folds 64-bit words by 128-bit multiplication (the construction of wyhash, Wang Yi 2019). Not for adversarial keys
/// where a collision would cost more than a longer probe: every user of it compares the bytes as well, or treats a hit
/// as "perhaps".
public enum ByteHash {
    @usableFromInline static let prime0: UInt64 = 0xa076_1d64_78bd_642f
    @usableFromInline static let prime1: UInt64 = 0xe703_7ed1_a0b4_28db
    @usableFromInline static let prime2: UInt64 = 0x8ebc_6af0_9c88_c6e3

    @inlinable @inline(__always)
    static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }

    /// Up to eight bytes as a little-endian word.
    @inlinable @inline(__always)
    static func word(_ bytes: UnsafeRawPointer, _ count: Int) -> UInt64 {
        if count >= 8 { return UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self)) }
        if count >= 4 {
            let low = UInt64(UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self)))
            let high = UInt64(
                UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self)))
            return low | high << 32
        }
        if count == 0 { return 0 }
        let first = UInt64(bytes.load(as: UInt8.self))
        let middle = UInt64(bytes.load(fromByteOffset: count >> 1, as: UInt8.self))
        let last = UInt64(bytes.load(fromByteOffset: count - 1, as: UInt8.self))
        return first | middle << 8 | last << 16
    }

    /// A secret of this process. With it, whoever chooses the bytes cannot choose them to collide; the hash is then good
    /// in this process only.
    public static let processSecret = UInt64.random(in: .min ... .max)

    /// - Parameter secret: 0 for a hash that is stored, `processSecret` for a table of strings from outside.
    @inlinable
    public static func hash(_ bytes: UnsafeRawBufferPointer, secret: UInt64 = 0) -> UInt64 {
        let prime1 = prime1 ^ secret
        var state = prime0 ^ UInt64(truncatingIfNeeded: bytes.count)
        guard var cursor = bytes.baseAddress else { return fold(state ^ prime1, prime2) }
        var rest = bytes.count
        while rest > 16 {
            state = fold(word(cursor, 8) ^ prime1, word(cursor + 8, 8) ^ state)
            cursor += 16
            rest -= 16
        }
        if rest > 8 {
            return fold(fold(word(cursor, 8) ^ prime1, word(cursor + 8, rest - 8) ^ state), prime2 ^ state)
        }
        return fold(fold(word(cursor, rest) ^ prime1, state), prime2 ^ state)
    }
}
