import CZlib

/// gzip (RFC 1952), through zlib.
enum Gzip {
    /// Window of 32 KiB, and a gzip header rather than zlib's.
    private static let windowBits: Int32 = 15 + 16

    struct Damaged: Error {
        var message: String
    }

    /// Decompresses one or several members, appending to `output`.
    ///
    /// - Returns: False when `output` would pass `byteCountMax`.
    static func decompress(
        _ input: UnsafeRawBufferPointer, into output: inout [UInt8], byteCountMax: Int
    ) throws(Damaged) -> Bool {
        var stream = z_stream()
        guard logdb_inflate_init(&stream, windowBits) == Z_OK else { throw Damaged(message: "out of memory") }
        defer { inflateEnd(&stream) }
        stream.next_in = UnsafeMutablePointer(
            mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.avail_in = UInt32(input.count)
        let step = 128 << 10
        while true {
            let start = output.count
            let room = min(step, byteCountMax + 1 - start)
            guard room > 0 else { return false }
            output.append(contentsOf: repeatElement(0, count: room))
            let status = output.withUnsafeMutableBytes { buffer in
                stream.next_out = (buffer.baseAddress! + start).assumingMemoryBound(to: UInt8.self)
                stream.avail_out = UInt32(room)
                return inflate(&stream, Z_NO_FLUSH)
            }
            let produced = room - Int(stream.avail_out)
            output.removeLast(room - produced)
            switch status {
            case Z_STREAM_END:
                guard output.count <= byteCountMax else { return false }
                if stream.avail_in == 0 { return true }
                guard inflateReset(&stream) == Z_OK else { throw Damaged(message: "out of memory") }
            case Z_OK: break
            case Z_BUF_ERROR: throw Damaged(message: "the data ends early")
            default:
                throw Damaged(message: stream.msg.map { String(cString: $0) } ?? "the data is damaged")
            }
        }
    }

    /// Compresses a stream, a piece at a time. Belongs to one task at a time.
    final class Compressor {
        private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)

        /// - Parameters:
        ///   - level: 1 (fast) to 9 (small).
        ///   - isRaw: Without a header and an end (RFC 1951), as archives have it.
        init(level: Int32, isRaw: Bool = false) {
            stream.initialize(to: z_stream())
            let windowBits = isRaw ? -15 : Gzip.windowBits
            precondition(logdb_deflate_init(stream, level, windowBits) == Z_OK, "out of memory for a gzip stream")
        }

        deinit {
            deflateEnd(stream)
            stream.deinitialize(count: 1)
            stream.deallocate()
        }

        /// Appends all of `input`, compressed.
        ///
        /// - Parameter isFlushed: Whether the reader can decompress all of it now; else some of it may be held back.
        func compress(_ input: [UInt8], isLast: Bool, isFlushed: Bool = true, into output: inout [UInt8]) {
            input.withUnsafeBytes { compress($0, isLast: isLast, isFlushed: isFlushed, into: &output) }
        }

        func compress(
            _ input: UnsafeRawBufferPointer, isLast: Bool, isFlushed: Bool = true, into output: inout [UInt8]
        ) {
            let step = 64 << 10
            let flush = isLast ? Z_FINISH : isFlushed ? Z_SYNC_FLUSH : Z_NO_FLUSH
            stream.pointee.next_in = UnsafeMutablePointer(
                mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
            stream.pointee.avail_in = UInt32(input.count)
            repeat {
                let start = output.count
                output.append(contentsOf: repeatElement(0, count: step))
                output.withUnsafeMutableBytes { buffer in
                    stream.pointee.next_out = (buffer.baseAddress! + start).assumingMemoryBound(to: UInt8.self)
                    stream.pointee.avail_out = UInt32(step)
                    _ = deflate(stream, flush)
                }
                output.removeLast(Int(stream.pointee.avail_out))
            } while stream.pointee.avail_out == 0
        }
    }
}

/// CRC-32 (ISO 3309), as archives have it.
struct Checksum {
    private(set) var value: UInt32 = 0

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        value = UInt32(
            truncatingIfNeeded: crc32_z(
                UInt(value), bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count))
    }
}
