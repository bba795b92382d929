/// A batch as bytes: what an agent sends (`application/vnd.logdb.batch`) and what the engine keeps until the batch is
/// sealed. All numbers are little-endian.
///
/// ```
/// offset size
///      0    4  magic "LGBF"
///      4    1  version, 1
///      5    1  flags; bit 0: the body is one zstd frame (RFC 8878), else the columns as they are; others are 0
///      6    2  0
///      8    4  rows
///     12    4  bytes of the columns, uncompressed
///     16    4  bytes of the body
///     20    4  CRC-32C of bytes 0 to 19 and the body
///     24       body
///
/// columns, one after the other; a varint is LEB128, at most 64 bits
///   strings    varint count; a varint length each; all their bytes. No string comes twice
///   times      a varint a row: the zigzagged difference to the row before, the first to 0, modulo 2⁶⁴; in µs
///   levels     a byte a row, 0 to 4
///   device, session, module, logger, process, thread, each:
///              a byte 0 and the varint of the string that all rows have, or
///              a byte 1, 2 or 4 and a string's number of so many bytes a row
///   messages   a varint length a row; all their bytes
///   context    a varint count a row; then for all attributes together: the names as the column above,
///              a varint length each, all the values' bytes
/// ```
///
/// A reader refuses another version; what an old one wrote is read for as long as stores may hold it. Any change of
/// this layout is another version.
public enum BatchFrame {
    /// The media type under which a frame travels.
    public static let mediaType = "application/vnd.logdb.batch"
    public static let headerByteCount = 24

    static let magic: [UInt8] = Array("LGBF".utf8)
    static let version: UInt8 = 1
    static let compressedFlag: UInt8 = 1

    /// What a frame may ask of its reader, checked before anything is allocated for it.
    public struct Limits: Sendable {
        public var rowCountMax = 1 << 20
        /// Bytes of the columns, uncompressed.
        public var rawByteCountMax = 64 << 20

        public init() {}
    }

    /// The batch as one frame.
    ///
    /// - Parameter level: zstd's level, from 1.
    /// - Precondition: The columns have fewer than 4 GiB.
    public static func encode(_ batch: Batch, level: Int, using compressor: inout ZstdCompressor) -> [UInt8] {
        let columns = BatchColumns.encode(batch)
        var frame: [UInt8] = []
        frame.reserveCapacity(headerByteCount + columns.count + columns.count / 128 + 128)
        frame.append(contentsOf: magic)
        frame.append(contentsOf: [version, compressedFlag, 0, 0])
        frame.append(littleEndian: UInt32(batch.count))
        frame.append(littleEndian: UInt32(columns.count))
        frame.append(contentsOf: [0, 0, 0, 0, 0, 0, 0, 0])
        columns.withUnsafeBytes { compressor.compress($0, level: level, into: &frame) }
        if frame.count - headerByteCount >= columns.count {
            frame.removeLast(frame.count - headerByteCount)
            frame.append(contentsOf: columns)
            frame[5] = 0
        }
        frame.set(littleEndian: UInt32(frame.count - headerByteCount), at: 16)
        frame.set(littleEndian: frame.withUnsafeBytes { checksum($0) }, at: 20)
        return frame
    }

    /// Reads a frame, which must be all of `bytes`, and checks everything in it: any bytes may be given.
    public static func decode(
        _ bytes: UnsafeRawBufferPointer, using decompressor: inout ZstdDecompressor, limits: Limits = Limits()
    ) throws(BatchFrameError) -> Batch {
        guard bytes.count >= headerByteCount else { throw .truncated(byteCount: bytes.count) }
        guard bytes[..<4].elementsEqual(magic) else { throw .noFrame }
        guard bytes[4] == version else { throw .unknownVersion(bytes[4]) }
        let flags = bytes[5]
        guard flags & ~compressedFlag == 0, bytes[6] == 0, bytes[7] == 0 else { throw .unknownFlags(flags) }
        let rowCount = Int(bytes.littleEndian(at: 8))
        let rawByteCount = Int(bytes.littleEndian(at: 12))
        let body = UnsafeRawBufferPointer(rebasing: bytes[headerByteCount...])
        guard body.count >= Int(bytes.littleEndian(at: 16)) else { throw .truncated(byteCount: bytes.count) }
        guard body.count == Int(bytes.littleEndian(at: 16)) else { throw .trailingBytes }
        guard rowCount <= limits.rowCountMax else { throw .tooManyRows(rowCount, max: limits.rowCountMax) }
        guard rawByteCount <= limits.rawByteCountMax else {
            throw .tooManyBytes(rawByteCount, max: limits.rawByteCountMax)
        }
        guard bytes.littleEndian(at: 20) == checksum(bytes) else { throw .checksumMismatch }
        guard flags & compressedFlag != 0 else {
            guard body.count == rawByteCount else { throw .damaged("the body is not as long as it says", offset: 0) }
            return try BatchColumns.decode(body, rowCount: rowCount)
        }
        let columns: [UInt8]
        do throws(ZstdError) {
            columns = try decompressor.decompress(body, count: rawByteCount)
        } catch {
            throw .zstd(error)
        }
        return try columns.withUnsafeBytesTyped { (columns) throws(BatchFrameError) in
            try BatchColumns.decode(columns, rowCount: rowCount)
        }
    }

    /// Over everything but the checksum itself.
    private static func checksum(_ frame: UnsafeRawBufferPointer) -> UInt32 {
        let header = Crc32c.checksum(UnsafeRawBufferPointer(rebasing: frame[..<20]))
        return Crc32c.checksum(UnsafeRawBufferPointer(rebasing: frame[headerByteCount...]), seed: header)
    }
}

/// Why bytes are no batch frame that this build reads.
public enum BatchFrameError: Error, Sendable, CustomStringConvertible {
    /// The bytes end before the frame does.
    case truncated(byteCount: Int)
    /// More bytes follow the frame.
    case trailingBytes
    /// The bytes do not begin as a frame does.
    case noFrame
    /// The frame is of a version that this build does not read.
    case unknownVersion(UInt8)
    /// The frame uses a feature that this build does not know.
    case unknownFlags(UInt8)
    case tooManyRows(Int, max: Int)
    case tooManyBytes(Int, max: Int)
    case checksumMismatch
    case zstd(ZstdError)
    /// The checksum is right and the columns are not: the writer was wrong. The offset is in the uncompressed columns.
    case damaged(StaticString, offset: Int)

    public var description: String {
        switch self {
        case .truncated(let byteCount): "the batch frame ends early, after \(byteCount) bytes"
        case .trailingBytes: "bytes follow the batch frame"
        case .noFrame: "the bytes are no batch frame: they do not begin with LGBF"
        case .unknownVersion(let version): "the batch frame has version \(version), only \(BatchFrame.version) is read"
        case .unknownFlags(let flags): "the batch frame has flags \(flags), which are not known"
        case .tooManyRows(let count, let max): "the batch frame has \(count) rows, at most \(max) are taken"
        case .tooManyBytes(let count, let max):
            "the batch frame has \(count) bytes uncompressed, at most \(max) are taken"
        case .checksumMismatch: "the batch frame does not match its checksum"
        case .zstd(let error): "the batch frame's body: \(error)"
        case .damaged(let what, let offset): "the batch frame's columns, offset \(offset): \(what)"
        }
    }
}

extension [UInt8] {
    fileprivate mutating func append(littleEndian value: UInt32) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }

    fileprivate mutating func set(littleEndian value: UInt32, at offset: Int) {
        for index in 0..<4 { self[offset + index] = UInt8(truncatingIfNeeded: value >> UInt32(8 * index)) }
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func littleEndian(at offset: Int) -> UInt32 {
        UInt32(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }
}
