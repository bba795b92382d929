import LogModel

/// Byte strings: their lengths as integers, then all their bytes.
enum StringColumn {
    static func encode(
        _ strings: BytesView, level: Int, compressor: inout ZstdCompressor, into writer: inout ByteWriter
    ) {
        let lengths = ColumnBuffer<Int64>(count: strings.count)
        var start: UInt32 = 0
        for index in 0..<strings.count {
            let end = strings.ends[index]
            lengths.elements[index] = Int64(end - start)
            start = end
        }
        IntegerColumn.encode(lengths.view, level: level, compressor: &compressor, into: &writer)
        PackedBytes.encode(strings.bytes, level: level, compressor: &compressor, into: &writer)
    }

    /// - Parameter byteCountMax: The most bytes of all strings together.
    static func decode(
        _ reader: inout ByteReader, count: Int, byteCountMax: Int, decompressor: inout ZstdDecompressor
    ) throws(LogError) -> DecodedStrings {
        let lengths = try IntegerColumn.decode(&reader, rowCount: count, decompressor: &decompressor)
        let bytes = try PackedBytes.decode(&reader, max: byteCountMax, decompressor: &decompressor)
        let ends = ColumnBuffer<UInt32>(count: count)
        var end: Int64 = 0
        let total = Int64(bytes.elements.count)
        for index in 0..<count {
            let length = lengths.elements[index]
            guard length >= 0, length <= total - end else { throw reader.damaged("a string reaches past the column") }
            end += length
            ends.elements[index] = UInt32(end)
        }
        guard end == total else { throw reader.damaged("the strings do not fill the column") }
        return DecodedStrings(bytes: bytes, ends: ends)
    }
}

/// A decoded string column and its memory.
struct DecodedStrings {
    let bytes: ColumnBuffer<UInt8>
    let ends: ColumnBuffer<UInt32>

    var view: BytesView { BytesView(bytes: UnsafeRawBufferPointer(bytes.view), ends: ends.view) }
    var byteCount: Int { bytes.byteCount + ends.byteCount }
}
