import LogModel

/// Bytes inside a column, compressed where that makes them smaller.
///
///     raw count varint | stored count varint | stored bytes
///
/// The stored bytes are the raw ones when the counts are equal; one zstd frame when fewer are stored than raw; a bit plane
/// when the stored count is more: it is then the raw count plus the bits a value, of which the number of bytes follows.
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

    /// Encodes a byte a row: numbers of one range rather than text. Bits are read several times faster than a zstd frame, so
    /// that a frame has to save more than a fifth of them to be taken.
    static func encodePlane(
        _ bytes: UnsafeRawBufferPointer, level: Int, compressor: inout ZstdCompressor, into writer: inout ByteWriter
    ) {
        guard bytes.count >= compressByteCountMin else {
            return encode(bytes, level: level, compressor: &compressor, into: &writer)
        }
        let width = max(BitPlane.width(bytes), 1)
        let frame = compressor.compressed(bytes, level: level)
        writer.varint(bytes.count)
        if frame.count + frame.count / 4 <= BitPlane.packedByteCount(bytes.count, width: width) {
            writer.varint(frame.count)
            writer.bytes.append(contentsOf: frame)
        } else if width <= BitPlane.widthMax {
            writer.varint(bytes.count + width)
            BitPlane.pack(bytes, width: width, into: &writer)
        } else {
            writer.varint(bytes.count)
            writer.bytes.append(contentsOf: bytes)
        }
    }

    /// - Parameter max: The most bytes there may be: damaged counts must not take memory.
    static func decode(
        _ reader: inout ByteReader, max: Int, decompressor: inout ZstdDecompressor
    ) throws(LogError) -> ColumnBuffer<UInt8> {
        let rawCount = try reader.count(max: max)
        let storedCount = try reader.count(max: rawCount + BitPlane.widthMax)
        let buffer = ColumnBuffer<UInt8>(count: rawCount)
        if storedCount > rawCount {
            let width = storedCount - rawCount
            let packed = try reader.raw(BitPlane.packedByteCount(rawCount, width: width))
            BitPlane.unpack(packed, width: width, into: buffer.elements)
            return buffer
        }
        let stored = try reader.raw(storedCount)
        if storedCount == rawCount {
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
