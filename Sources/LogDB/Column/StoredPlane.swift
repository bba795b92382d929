import LogModel

/// A byte a row as it lies in a column, to be read for single rows. Valid as long as the column's bytes.
enum StoredPlane {
    case bits(UnsafeRawBufferPointer, width: Int)
    case bytes(UnsafeRawBufferPointer)
    /// Of a frame, which has to be decompressed whole.
    case decompressed(ColumnBuffer<UInt8>)

    @inline(__always)
    subscript(_ row: Int) -> UInt8 {
        switch self {
        case .bits(let packed, let width): BitPlane.value(packed, width: width, at: row)
        case .bytes(let bytes): bytes[row]
        case .decompressed(let buffer): buffer.elements[row]
        }
    }
}

extension PackedBytes {
    /// The next bytes of the column, which are `count`.
    static func plane(
        _ reader: inout ByteReader, count: Int, decompressor: inout ZstdDecompressor
    ) throws(LogError) -> StoredPlane {
        let start = reader
        let rawCount = try reader.count(max: count)
        let storedCount = try reader.count(max: rawCount + BitPlane.widthMax)
        guard rawCount == count else { throw reader.damaged("a plane has too few rows") }
        if storedCount > rawCount {
            let width = storedCount - rawCount
            return .bits(try reader.raw(BitPlane.packedByteCount(rawCount, width: width)), width: width)
        }
        if storedCount == rawCount { return .bytes(try reader.raw(storedCount)) }
        reader = start
        return .decompressed(try decode(&reader, max: count, decompressor: &decompressor))
    }
}
