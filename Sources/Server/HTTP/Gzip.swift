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

        /// - Parameter level: 1 (fast) to 9 (small).
        init(level: Int32) {
            stream.initialize(to: z_stream())
            precondition(logdb_deflate_init(stream, level, Gzip.windowBits) == Z_OK, "out of memory for a gzip stream")
        }

        deinit {
            deflateEnd(stream)
            stream.deinitialize(count: 1)
            stream.deallocate()
        }

        /// Appends all of `input`, compressed, so that the reader can decompress all of it now.
        func compress(_ input: [UInt8], isLast: Bool, into output: inout [UInt8]) {
            let step = 64 << 10
            input.withUnsafeBytes { input in
                stream.pointee.next_in = UnsafeMutablePointer(
                    mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
                stream.pointee.avail_in = UInt32(input.count)
                repeat {
                    let start = output.count
                    output.append(contentsOf: repeatElement(0, count: step))
                    output.withUnsafeMutableBytes { buffer in
                        stream.pointee.next_out = (buffer.baseAddress! + start).assumingMemoryBound(to: UInt8.self)
                        stream.pointee.avail_out = UInt32(step)
                        _ = deflate(stream, isLast ? Z_FINISH : Z_SYNC_FLUSH)
                    }
                    output.removeLast(Int(stream.pointee.avail_out))
                } while stream.pointee.avail_out == 0
            }
        }
    }
}
