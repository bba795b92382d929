import LogModel

/// Bytes inside a column, compressed where that makes them smaller.
///
///     raw count varint | stored count varint | stored bytes
///
/// The stored bytes are the raw ones when the counts are equal, else one zstd frame.
enum PackedBytes {
    /// Bytes below which a frame saves little against the time that reading it costs: dictionaries of a few names.
    private static let compressByteCountMin = 128

    static func encode(
        _ bytes: UnsafeRawBufferPointer, level: Int, compressor: inout ZstdCompressor, into writer: inout ByteWriter
    ) {
        writer.varint(bytes.count)
        var stored = bytes
        if bytes.count >= compressByteCountMin {
            let frame = compressor.compressed(bytes, level: level)
            if frame.count < bytes.count { stored = frame }
        }
        writer.varint(stored.count)
        writer.bytes.append(contentsOf: stored)
    }

    /// - Parameter max: The most bytes there may be: damaged counts must not take memory.
    static func decode(
        _ reader: inout ByteReader, max: Int, decompressor: inout ZstdDecompressor
    ) throws(LogError) -> ColumnBuffer<UInt8> {
        let rawCount = try reader.count(max: max)
        let stored = try reader.raw(try reader.count(max: reader.remaining))
        let buffer = ColumnBuffer<UInt8>(count: rawCount)
        if stored.count == rawCount {
            UnsafeMutableRawBufferPointer(buffer.elements).copyMemory(from: stored)
        } else {
            do {
                try decompressor.decompress(stored, into: UnsafeMutableRawBufferPointer(buffer.elements))
            } catch {
                throw reader.damaged("\(error)")
            }
        }
        return buffer
    }
}
