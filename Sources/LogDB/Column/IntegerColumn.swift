import LogModel

/// A column of 64-bit integers.
///
///     kind u8
///     0  constant      value zig-zag varint
///     1  differences   first value zig-zag varint | divisor varint | width u8 | width planes
///     2  offsets       minimum zig-zag varint     | divisor varint | width u8 | width planes
///
/// Differences are zig-zagged from row to row and divided by what divides them all (clocks that tick in milliseconds
/// leave factors of 1,000); offsets are from the minimum. Each plane holds one byte of every number, the lowest first:
/// high planes are nearly all zero and vanish, low planes get an entropy code of their own.
enum IntegerColumn {
    private enum Kind: UInt8 {
        case constant = 0
        case differences = 1
        case offsets = 2
    }

    static func encode(
        _ values: UnsafeBufferPointer<Int64>, level: Int, compressor: inout ZstdCompressor,
        into writer: inout ByteWriter
    ) {
        guard let first = values.first else {
            writer.byte(Kind.constant.rawValue)
            writer.signedVarint(0)
            return
        }
        var minimum = first
        var maximum = first
        for value in values {
            minimum = min(minimum, value)
            maximum = max(maximum, value)
        }
        if minimum == maximum {
            writer.byte(Kind.constant.rawValue)
            writer.signedVarint(first)
            return
        }

        let differences = ColumnBuffer<UInt64>(count: values.count)
        var differenceBits = 0
        var offsetBits = 0
        var previous = first
        for index in 0..<values.count {
            let value = values[index]
            let difference = ZigZag.encode(value &- previous)
            differences.elements[index] = difference
            differenceBits += 64 - difference.leadingZeroBitCount
            previous = value
            offsetBits += 64 - UInt64(bitPattern: value &- minimum).leadingZeroBitCount
        }
        if differenceBits <= offsetBits {
            writer.byte(Kind.differences.rawValue)
            writer.signedVarint(first)
            let divisor = divide(differences.elements)
            writer.varint(divisor)
            encodePlanes(differences.view, level: level, compressor: &compressor, into: &writer)
        } else {
            writer.byte(Kind.offsets.rawValue)
            writer.signedVarint(minimum)
            writer.varint(UInt64(1))
            let offsets = differences
            for index in 0..<values.count {
                offsets.elements[index] = UInt64(bitPattern: values[index] &- minimum)
            }
            encodePlanes(offsets.view, level: level, compressor: &compressor, into: &writer)
        }
    }

    /// Divides the differences by what divides them all.
    ///
    /// - Returns: The divisor; it is of the differences themselves, which zig-zag doubles.
    private static func divide(_ differences: UnsafeMutableBufferPointer<UInt64>) -> UInt64 {
        var divisor: UInt64 = 0
        for difference in differences {
            divisor = greatestCommonDivisor(divisor, ZigZag.decode(difference).magnitude)
            if divisor == 1 { return 1 }
        }
        guard divisor > 1 else { return 1 }
        for index in differences.indices {
            let value = ZigZag.decode(differences[index])
            let quotient = Int64(truncatingIfNeeded: value.magnitude / divisor)
            differences[index] = ZigZag.encode(value < 0 ? -quotient : quotient)
        }
        return divisor
    }

    static func decode(
        _ reader: inout ByteReader, rowCount: Int, decompressor: inout ZstdDecompressor
    ) throws(LogError) -> ColumnBuffer<Int64> {
        guard let kind = Kind(rawValue: try reader.byte()) else { throw reader.damaged("unknown integer encoding") }
        let base = try reader.signedVarint()
        let buffer = ColumnBuffer<Int64>(count: rowCount)
        if kind == .constant {
            buffer.elements.update(repeating: base)
            return buffer
        }
        let divisor = Int64(bitPattern: try reader.varint())
        try decodePlanes(&reader, into: buffer, decompressor: &decompressor)
        let elements = buffer.elements
        if kind == .offsets {
            for row in 0..<rowCount { elements[row] = base &+ elements[row] }
        } else {
            var value = base
            for row in 0..<rowCount {
                value = value &+ ZigZag.decode(UInt64(bitPattern: elements[row])) &* divisor
                elements[row] = value
            }
        }
        return buffer
    }

    /// The values of `rows`, in their order, decoding no others; nil where one tells of the next, so that all have to be.
    ///
    /// - Parameter rows: Each below `rowCount`.
    static func pick(
        _ rows: [Int], _ reader: inout ByteReader, rowCount: Int, decompressor: inout ZstdDecompressor
    ) throws(LogError) -> [Int64]? {
        guard let kind = Kind(rawValue: try reader.byte()) else { throw reader.damaged("unknown integer encoding") }
        if kind == .differences { return nil }
        var values = [Int64](repeating: try reader.signedVarint(), count: rows.count)
        if kind == .constant { return values }
        _ = try reader.varint()
        let width = try planeCount(&reader)
        for index in 0..<width {
            let plane = try PackedBytes.plane(&reader, count: rowCount, decompressor: &decompressor)
            let shift = Int64(index * 8)
            for place in rows.indices { values[place] &+= Int64(plane[rows[place]]) << shift }
        }
        return values
    }

    private static func planeCount(_ reader: inout ByteReader) throws(LogError) -> Int {
        let width = Int(try reader.byte())
        guard width <= 8 else { throw reader.damaged("an integer of \(width) bytes") }
        return width
    }

    private static func greatestCommonDivisor(_ left: UInt64, _ right: UInt64) -> UInt64 {
        var left = left
        var right = right
        while right != 0 { (left, right) = (right, left % right) }
        return left
    }

    private static func encodePlanes(
        _ values: UnsafeBufferPointer<UInt64>, level: Int, compressor: inout ZstdCompressor,
        into writer: inout ByteWriter
    ) {
        let width = (64 - (values.reduce(0, |)).leadingZeroBitCount + 7) / 8
        writer.byte(UInt8(width))
        let plane = ColumnBuffer<UInt8>(count: values.count)
        let bytes = plane.elements
        for index in 0..<width {
            let shift = UInt64(index * 8)
            for row in 0..<values.count { bytes[row] = UInt8(truncatingIfNeeded: values[row] >> shift) }
            PackedBytes.encodePlane(
                UnsafeRawBufferPointer(bytes), level: level, compressor: &compressor, into: &writer)
        }
    }

    private static func decodePlanes(
        _ reader: inout ByteReader, into buffer: ColumnBuffer<Int64>, decompressor: inout ZstdDecompressor
    ) throws(LogError) {
        let width = try planeCount(&reader)
        let elements = buffer.elements
        if width == 0 { elements.update(repeating: 0) }
        for index in 0..<width {
            let plane = try PackedBytes.decode(&reader, max: elements.count, decompressor: &decompressor)
            guard plane.elements.count == elements.count else { throw reader.damaged("a plane has too few rows") }
            let bytes = plane.view
            let shift = Int64(index * 8)
            if index == 0 {
                for row in 0..<elements.count { elements[row] = Int64(bytes[row]) }
            } else {
                for row in 0..<elements.count { elements[row] |= Int64(bytes[row]) << shift }
            }
        }
    }
}
