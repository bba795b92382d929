/// Writes a frame's columns into memory that was made large enough.
struct ColumnWriter {
    private let start: UnsafeMutablePointer<UInt8>
    private var cursor: UnsafeMutablePointer<UInt8>

    init(_ start: UnsafeMutablePointer<UInt8>) {
        self.start = start
        cursor = start
    }

    var count: Int { cursor - start }

    @inline(__always)
    mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            cursor.pointee = UInt8(truncatingIfNeeded: rest) | 0x80
            cursor += 1
            rest >>= 7
        }
        cursor.pointee = UInt8(truncatingIfNeeded: rest)
        cursor += 1
    }

    /// The lengths of strings, given where each ends.
    mutating func lengths(_ ends: [UInt32]) {
        var previous: UInt32 = 0
        for end in ends {
            varint(UInt64(end - previous))
            previous = end
        }
    }

    mutating func bytes(_ bytes: [UInt8]) {
        bytes.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return }
            cursor.update(from: base, count: bytes.count)
        }
        cursor += bytes.count
    }

    mutating func times(_ times: [Int64]) {
        var previous: Int64 = 0
        for time in times {
            let difference = time &- previous
            varint(UInt64(bitPattern: (difference << 1) ^ (difference >> 63)))
            previous = time
        }
    }

    /// Numbers of strings: once if all are the same, else in as few bytes each as the table of strings needs.
    mutating func codes(_ codes: [UInt32], stringCount: Int) {
        if let first = codes.first, codes.allSatisfy({ $0 == first }) {
            cursor.pointee = 0
            cursor += 1
            varint(UInt64(first))
            return
        }
        let width: UInt8 = stringCount <= 1 << 8 ? 1 : stringCount <= 1 << 16 ? 2 : 4
        cursor.pointee = width
        cursor += 1
        let raw = UnsafeMutableRawPointer(cursor)
        codes.withUnsafeBufferPointer { codes in
            switch width {
            case 1:
                for index in codes.indices { cursor[index] = UInt8(truncatingIfNeeded: codes[index]) }
            case 2:
                for index in codes.indices {
                    raw.storeBytes(
                        of: UInt16(truncatingIfNeeded: codes[index]).littleEndian, toByteOffset: index * 2,
                        as: UInt16.self)
                }
            default:
                for index in codes.indices {
                    raw.storeBytes(of: codes[index].littleEndian, toByteOffset: index * 4, as: UInt32.self)
                }
            }
        }
        cursor += codes.count * Int(width)
    }
}
