import LogModel

/// The values of one context key, in the densest of four encodings that they all fit.
///
///     kind u8
///     0  dictionary  value count varint | strings | codes
///     1  hex         length varint | bytes            lower-case hexadecimal, all of one even length
///     2  integers    integer column                   canonical decimal, no sign but a minus, at most 18 digits
///     3  strings     string column
enum ValueColumn {
    private enum Kind: UInt8 {
        case dictionary = 0
        case hex = 1
        case integers = 2
        case strings = 3
    }

    /// A dictionary is worth it up to this many distinct values, or up to a quarter of the rows.
    private static let dictionaryValueCountMax = 256

    static func encode(
        _ values: BytesView, level: Int, compressor: inout ZstdCompressor, into writer: inout ByteWriter
    ) {
        var table = StringTable(minimumCapacity: 64)
        let codes = ColumnBuffer<UInt32>(count: values.count)
        let distinctMax = max(dictionaryValueCountMax, values.count / 4)
        for index in 0..<values.count {
            codes.elements[index] = table.intern(values[index])
            if table.count > distinctMax { break }
        }
        if table.count <= distinctMax {
            writer.byte(Kind.dictionary.rawValue)
            writer.varint(table.count)
            table.withView {
                StringColumn.encode($0, level: level, compressor: &compressor, into: &writer)
            }
            CodeColumn.encode(
                codes.view, valueCount: table.count, level: level, compressor: &compressor, into: &writer)
        } else if let (length, bytes) = hexBytes(values) {
            writer.byte(Kind.hex.rawValue)
            writer.varint(length)
            PackedBytes.encode(
                UnsafeRawBufferPointer(bytes.view), level: level, compressor: &compressor, into: &writer)
        } else if let integers = canonicalIntegers(values) {
            writer.byte(Kind.integers.rawValue)
            IntegerColumn.encode(integers.view, level: level, compressor: &compressor, into: &writer)
        } else {
            writer.byte(Kind.strings.rawValue)
            StringColumn.encode(values, level: level, compressor: &compressor, into: &writer)
        }
    }

    static func decode(
        _ reader: inout ByteReader, count: Int, byteCountMax: Int, decompressor: inout ZstdDecompressor
    ) throws(LogError) -> (values: DecodedStrings, codes: ColumnBuffer<UInt32>?) {
        guard let kind = Kind(rawValue: try reader.byte()) else { throw reader.damaged("unknown value encoding") }
        switch kind {
        case .dictionary:
            let valueCount = try reader.count(max: max(count, 1))
            let values = try StringColumn.decode(
                &reader, count: valueCount, byteCountMax: byteCountMax, decompressor: &decompressor)
            let codes = try CodeColumn.decode(
                &reader, rowCount: count, valueCount: valueCount, decompressor: &decompressor)
            return (values, codes)
        case .hex:
            let length = try reader.count(max: byteCountMax / max(count, 1))
            let packed = try PackedBytes.decode(&reader, max: byteCountMax, decompressor: &decompressor)
            guard length % 2 == 0, packed.elements.count == length / 2 * count else {
                throw reader.damaged("hexadecimal values of the wrong length")
            }
            return (hexText(packed, length: length, count: count), nil)
        case .integers:
            let integers = try IntegerColumn.decode(&reader, rowCount: count, decompressor: &decompressor)
            return (decimalText(integers), nil)
        case .strings:
            let strings = try StringColumn.decode(
                &reader, count: count, byteCountMax: byteCountMax, decompressor: &decompressor)
            return (strings, nil)
        }
    }

    /// Appends the values at `positions`, in their order, decoding no others where the encoding allows that.
    ///
    /// - Parameters:
    ///   - count: Of the column's values.
    ///   - positions: Each below `count`.
    static func pick(
        _ positions: [Int], _ reader: inout ByteReader, count: Int, byteCountMax: Int,
        decompressor: inout ZstdDecompressor, into output: inout ByteColumn
    ) throws(LogError) {
        let start = reader
        guard let kind = Kind(rawValue: try reader.byte()) else { throw reader.damaged("unknown value encoding") }
        switch kind {
        case .dictionary:
            let valueCount = try reader.count(max: max(count, 1))
            let values = try StringColumn.decode(
                &reader, count: valueCount, byteCountMax: byteCountMax, decompressor: &decompressor)
            var codes: [UInt32] = []
            try CodeColumn.pick(
                positions, &reader, rowCount: count, valueCount: valueCount, decompressor: &decompressor, into: &codes)
            withExtendedLifetime(values) { for code in codes { output.append(values.view[Int(code)]) } }
        case .hex:
            let length = try reader.count(max: byteCountMax / max(count, 1))
            guard length % 2 == 0 else { throw reader.damaged("hexadecimal values of the wrong length") }
            let bytes = try PackedBytes.plane(&reader, count: length / 2 * count, decompressor: &decompressor)
            for position in positions {
                for index in (position * length / 2)..<((position + 1) * length / 2) {
                    output.bytes.append(hexText(bytes[index] >> 4))
                    output.bytes.append(hexText(bytes[index] & 15))
                }
                output.ends.append(UInt32(truncatingIfNeeded: output.bytes.count))
            }
        case .integers, .strings:
            if kind == .integers,
                let integers = try IntegerColumn.pick(positions, &reader, rowCount: count, decompressor: &decompressor)
            {
                for integer in integers {
                    output.bytes.appendInteger(integer)
                    output.ends.append(UInt32(truncatingIfNeeded: output.bytes.count))
                }
                return
            }
            reader = start
            let (values, _) = try decode(
                &reader, count: count, byteCountMax: byteCountMax, decompressor: &decompressor)
            withExtendedLifetime(values) { for position in positions { output.append(values.view[position]) } }
        }
    }

    // MARK: Hexadecimal

    private static func hexBytes(_ values: BytesView) -> (length: Int, bytes: ColumnBuffer<UInt8>)? {
        let length = values.count == 0 ? 0 : values[0].count
        guard length >= 4, length % 2 == 0, values.bytes.count == length * values.count else { return nil }
        for index in 0..<values.count where Int(values.ends[index]) != (index + 1) * length { return nil }
        let bytes = ColumnBuffer<UInt8>(count: values.bytes.count / 2)
        for index in bytes.elements.indices {
            guard let high = hexDigit(values.bytes[index * 2]), let low = hexDigit(values.bytes[index * 2 + 1]) else {
                return nil
            }
            bytes.elements[index] = high << 4 | low
        }
        return (length, bytes)
    }

    @inline(__always)
    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        if byte >= 0x30, byte <= 0x39 { return byte - 0x30 }
        if byte >= 0x61, byte <= 0x66 { return byte - 0x61 + 10 }
        return nil
    }

    @inline(__always)
    private static func hexText(_ digit: UInt8) -> UInt8 { digit < 10 ? 0x30 + digit : 0x57 + digit }

    private static func hexText(_ packed: ColumnBuffer<UInt8>, length: Int, count: Int) -> DecodedStrings {
        let bytes = ColumnBuffer<UInt8>(count: length * count)
        let ends = ColumnBuffer<UInt32>(count: count)
        let source = packed.view
        let target = bytes.elements
        for index in 0..<source.count {
            target[index * 2] = hexText(source[index] >> 4)
            target[index * 2 + 1] = hexText(source[index] & 15)
        }
        for index in 0..<count { ends.elements[index] = UInt32((index + 1) * length) }
        return DecodedStrings(bytes: bytes, ends: ends)
    }

    // MARK: Integers

    private static func canonicalIntegers(_ values: BytesView) -> ColumnBuffer<Int64>? {
        let integers = ColumnBuffer<Int64>(count: values.count)
        for index in 0..<values.count {
            guard let integer = canonicalInteger(values[index]) else { return nil }
            integers.elements[index] = integer
        }
        return integers
    }

    /// The number, if writing it in decimal gives these very bytes.
    private static func canonicalInteger(_ text: UnsafeRawBufferPointer) -> Int64? {
        let isNegative = text.first == UInt8(ascii: "-")
        let digits = isNegative ? text.count - 1 : text.count
        guard digits >= 1, digits <= 18 else { return nil }
        let first = text[text.count - digits]
        if first == UInt8(ascii: "0"), digits > 1 || isNegative { return nil }
        var value: Int64 = 0
        for index in (text.count - digits)..<text.count {
            let byte = text[index]
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            value = value * 10 + Int64(byte - 0x30)
        }
        return isNegative ? -value : value
    }

    private static func decimalText(_ integers: ColumnBuffer<Int64>) -> DecodedStrings {
        var text: [UInt8] = []
        let ends = ColumnBuffer<UInt32>(count: integers.elements.count)
        for index in 0..<integers.elements.count {
            text.appendInteger(integers.elements[index])
            ends.elements[index] = UInt32(text.count)
        }
        let bytes = ColumnBuffer<UInt8>(count: text.count)
        text.withUnsafeBytes { UnsafeMutableRawBufferPointer(bytes.elements).copyMemory(from: $0) }
        return DecodedStrings(bytes: bytes, ends: ends)
    }
}
