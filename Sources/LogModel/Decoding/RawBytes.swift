#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Searches and comparisons that Swift's collections are slow at for raw bytes.
public enum RawBytes {
    /// The offset of the first `byte` at or after `start`, or nil.
    static func firstIndex(of byte: UInt8, in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard start < bytes.count, let base = bytes.baseAddress,
            let found = memchr(base + start, Int32(byte), bytes.count - start)
        else { return nil }
        return base.distance(to: UnsafeRawPointer(found))
    }

    public static func areEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        guard left.count == right.count else { return false }
        guard let leftBase = left.baseAddress, let rightBase = right.baseAddress else { return true }
        return memcmp(leftBase, rightBase, left.count) == 0
    }

    static func areEqual(_ left: UnsafeRawBufferPointer, _ right: StaticString) -> Bool {
        areEqual(left, UnsafeRawBufferPointer(start: right.utf8Start, count: right.utf8CodeUnitCount))
    }

    /// Whether the bytes at `bytes` are those of `word`, a literal, so that this becomes one or two comparisons.
    ///
    /// - Precondition: There are as many bytes as `word` has.
    @inline(__always)
    static func starts(_ bytes: UnsafeRawPointer, _ word: StaticString) -> Bool {
        let expected = UnsafeRawPointer(word.utf8Start)
        let count = word.utf8CodeUnitCount
        if count >= 8 {
            return load(bytes, 0, UInt64.self) == load(expected, 0, UInt64.self)
                && load(bytes, count - 8, UInt64.self) == load(expected, count - 8, UInt64.self)
        }
        if count >= 4 {
            return load(bytes, 0, UInt32.self) == load(expected, 0, UInt32.self)
                && load(bytes, count - 4, UInt32.self) == load(expected, count - 4, UInt32.self)
        }
        for index in 0..<count where load(bytes, index, UInt8.self) != load(expected, index, UInt8.self) {
            return false
        }
        return true
    }

    @inline(__always)
    private static func load<T: FixedWidthInteger & BitwiseCopyable>(
        _ bytes: UnsafeRawPointer, _ offset: Int, _ type: T.Type
    ) -> T {
        bytes.loadUnaligned(fromByteOffset: offset, as: type)
    }
}
