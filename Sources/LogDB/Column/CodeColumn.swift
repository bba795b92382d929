import LogModel

/// A code a row into a dictionary: the lowest byte of every code, then the next, as many as the dictionary's size asks
/// for. Nothing at all where the dictionary has one value.
enum CodeColumn {
    static func encode(
        _ codes: UnsafeBufferPointer<UInt32>, valueCount: Int, level: Int, compressor: inout ZstdCompressor,
        into writer: inout ByteWriter
    ) {
        let plane = ColumnBuffer<UInt8>(count: codes.count)
        let bytes = plane.elements
        for index in 0..<width(valueCount) {
            let shift = UInt32(index * 8)
            for row in 0..<codes.count { bytes[row] = UInt8(truncatingIfNeeded: codes[row] >> shift) }
            PackedBytes.encodePlane(
                UnsafeRawBufferPointer(bytes), level: level, compressor: &compressor, into: &writer)
        }
    }

    static func decode(
        _ reader: inout ByteReader, rowCount: Int, valueCount: Int, decompressor: inout ZstdDecompressor
    ) throws(LogError) -> ColumnBuffer<UInt32> {
        let buffer = ColumnBuffer<UInt32>(count: rowCount)
        let elements = buffer.elements
        guard valueCount > 0 || rowCount == 0 else { throw reader.damaged("a dictionary without values") }
        for index in 0..<width(valueCount) {
            let plane = try PackedBytes.decode(&reader, max: rowCount, decompressor: &decompressor)
            guard plane.elements.count == rowCount else { throw reader.damaged("a plane has too few rows") }
            let bytes = plane.view
            let shift = UInt32(index * 8)
            if index == 0 {
                for row in 0..<rowCount { elements[row] = UInt32(bytes[row]) }
            } else {
                for row in 0..<rowCount { elements[row] |= UInt32(bytes[row]) << shift }
            }
        }
        if width(valueCount) == 0 {
            elements.update(repeating: 0)
            return buffer
        }
        var largest: UInt32 = 0
        for row in 0..<rowCount { largest = max(largest, elements[row]) }
        guard rowCount == 0 || largest < UInt32(valueCount) else {
            throw reader.damaged("a code of \(largest) in a dictionary of \(valueCount)")
        }
        return buffer
    }

    /// Appends the codes of `rows`, in their order, decoding no others.
    ///
    /// - Parameter rows: Each below `rowCount`.
    static func pick(
        _ rows: [Int], _ reader: inout ByteReader, rowCount: Int, valueCount: Int,
        decompressor: inout ZstdDecompressor, into codes: inout [UInt32]
    ) throws(LogError) {
        guard valueCount > 0 || rows.isEmpty else { throw reader.damaged("a dictionary without values") }
        let first = codes.count
        codes.append(contentsOf: repeatElement(0, count: rows.count))
        for index in 0..<width(valueCount) {
            let plane = try PackedBytes.plane(&reader, count: rowCount, decompressor: &decompressor)
            let shift = UInt32(index * 8)
            for place in rows.indices { codes[first + place] |= UInt32(plane[rows[place]]) << shift }
        }
        for code in codes[first...] where code >= valueCount {
            throw reader.damaged("a code of \(code) in a dictionary of \(valueCount)")
        }
    }

    private static func width(_ valueCount: Int) -> Int {
        switch valueCount {
        case ...1: 0
        case ...0x100: 1
        case ...0x1_0000: 2
        case ...0x100_0000: 3
        default: 4
        }
    }
}
