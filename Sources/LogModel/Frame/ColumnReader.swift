/// Reads a frame's columns from bytes that nobody vouches for. Nothing is allocated for more items than the bytes that
/// are left could hold.
struct ColumnReader {
    private let bytes: UnsafeRawBufferPointer
    private var at = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isAtEnd: Bool { at == bytes.count }

    func damaged(_ what: StaticString) -> BatchFrameError { .damaged(what, offset: at) }

    @inline(__always)
    private mutating func varint() throws(BatchFrameError) -> UInt64 {
        guard at < bytes.count else { throw damaged("expected a number, found the end") }
        let first = bytes[at]
        if first < 0x80 {
            at += 1
            return UInt64(first)
        }
        return try longVarint()
    }

    @inline(never)
    private mutating func longVarint() throws(BatchFrameError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while at < bytes.count {
            let byte = bytes[at]
            at += 1
            guard shift < 63 || byte <= 1 else { throw damaged("expected a number of 64 bits") }
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw damaged("expected a number, found the end")
    }

    /// Checks that `count` items of at least `byteCount` bytes may still come.
    private func check(count: Int, byteCount: Int) throws(BatchFrameError) {
        guard count <= (bytes.count - at) / byteCount else { throw damaged("expected more items than there are bytes") }
    }

    /// The next `count` bytes.
    private mutating func take(_ count: Int) throws(BatchFrameError) -> UnsafeRawBufferPointer {
        guard count <= bytes.count - at else { throw damaged("expected more bytes than there are") }
        defer { at += count }
        return UnsafeRawBufferPointer(rebasing: bytes[at..<at + count])
    }

    /// Reads lengths as the places where each item ends.
    mutating func readEnds(count: Int) throws(BatchFrameError) -> [UInt32] {
        try check(count: count, byteCount: 1)
        var ends: [UInt32] = []
        ends.reserveCapacity(count)
        var end: UInt64 = 0
        for _ in 0..<count {
            let length = try varint()
            // Both are at most 2³², so that the sum cannot overflow.
            guard length <= UInt64(bytes.count) else { throw damaged("expected more bytes than there are") }
            end += length
            guard end <= UInt64(bytes.count) else { throw damaged("expected more bytes than there are") }
            ends.append(UInt32(truncatingIfNeeded: end))
        }
        return ends
    }

    mutating func readByteColumn(count: Int) throws(BatchFrameError) -> ByteColumn {
        let ends = try readEnds(count: count)
        return ByteColumn(bytes: [UInt8](try take(Int(ends.last ?? 0))), ends: ends)
    }

    mutating func readStrings(into strings: inout StringTable) throws(BatchFrameError) {
        let count = try varint()
        guard count <= UInt64(bytes.count) else { throw damaged("expected more strings than there are bytes") }
        let ends = try readEnds(count: Int(count))
        let all = try take(Int(ends.last ?? 0))
        strings = StringTable(minimumCapacity: Int(count))
        var start = 0
        for end in ends {
            let number = strings.intern(UnsafeRawBufferPointer(rebasing: all[start..<Int(end)]))
            guard Int(number) == strings.count - 1, strings.bytes.count == Int(end) else {
                throw damaged("expected strings that differ")
            }
            start = Int(end)
        }
    }

    mutating func readTimes(count: Int) throws(BatchFrameError) -> [Int64] {
        try check(count: count, byteCount: 1)
        var times: [Int64] = []
        times.reserveCapacity(count)
        var time: Int64 = 0
        for _ in 0..<count {
            let zigzag = try varint()
            time &+= Int64(bitPattern: zigzag >> 1) ^ -Int64(bitPattern: zigzag & 1)
            guard time != .max else { throw damaged("expected a time before the last one of all") }
            times.append(time)
        }
        return times
    }

    mutating func readLevels(count: Int) throws(BatchFrameError) -> [UInt8] {
        let levels = [UInt8](try take(count))
        guard (levels.max() ?? 0) <= Level.fatal.rawValue else { throw damaged("expected levels up to 4") }
        return levels
    }

    /// Reads numbers of strings, each below `stringCount`.
    mutating func readCodes(count: Int, stringCount: Int) throws(BatchFrameError) -> [UInt32] {
        let width = Int(try take(1)[0])
        if width == 0 {
            let code = try varint()
            guard code < UInt64(stringCount), count > 0 else { throw damaged("expected the number of a string") }
            return [UInt32](repeating: UInt32(code), count: count)
        }
        guard width == 1 || width == 2 || width == 4 else { throw damaged("expected a width of 0, 1, 2 or 4") }
        try check(count: count, byteCount: width)
        let source = try take(count * width)
        var highest: UInt32 = 0
        let codes = [UInt32](unsafeUninitializedCapacity: count) { buffer, initialized in
            for index in 0..<count {
                let code =
                    switch width {
                    case 1: UInt32(source[index])
                    case 2:
                        UInt32(UInt16(littleEndian: source.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self)))
                    default: UInt32(littleEndian: source.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self))
                    }
                buffer[index] = code
                highest = max(highest, code)
            }
            initialized = count
        }
        guard count == 0 || Int(highest) < stringCount else { throw damaged("expected the number of a string") }
        return codes
    }
}
