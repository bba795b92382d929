import LogModel
import NIOCore

/// The body of an ingest request, whole and as it was received, and what its head says of it.
struct ReceivedBatch: Sendable {
    /// What the head may say of the batch, as it is written there.
    struct Labels: Sendable {
        var device: String?
        var boot: String?
        var sequence: String?
        var clockOffset: String?
    }

    var bytes: ByteBuffer
    var format: IngestFormat
    var coding: ContentCoding
    /// Of the client's certificate, which every entry must be of.
    var device: String?
    var labels: Labels

    /// The bytes without their coding; nil where they have none.
    ///
    /// - Throws: `Problem` 400 `invalid_encoding`, 413 `body_too_large`.
    func decompressed(_ limits: ServerLimits, _ codecs: CodecPool) throws(Problem) -> [UInt8]? {
        if coding == .identity { return nil }
        let decompression = BodyDecompression(coding: coding, byteCountMax: limits.bodyByteCountMax, codecs: codecs)
        let bytes = try bytes.withUnsafeReadableBytesTyped { (bytes) throws(Problem) in
            try decompression.decompress(bytes)
        }
        guard let bytes else { throw BodyCollector.tooLarge(limits.bodyByteCountMax) }
        return bytes
    }

    /// - Parameter decompressed: As `decompressed` answered.
    /// - Throws: `Problem` 400 for a document or frame that cannot be read, 413 for a frame that holds too much.
    func decoded(
        _ decompressed: [UInt8]?, receivedAt: Timestamp = .now, limits: ServerLimits, codecs: CodecPool
    ) throws(Problem) -> IngestBody {
        func read(_ bytes: UnsafeRawBufferPointer) throws(Problem) -> IngestBody {
            try IngestBody(bytes, format, device: device, receivedAt: receivedAt, limits: limits, codecs: codecs)
        }
        if let decompressed { return try decompressed.withUnsafeBytesTyped(read) }
        return try bytes.withUnsafeReadableBytesTyped(read)
    }

    /// Of lines, those that stand at `positions`, which are in order: a batch of their own, uncompressed.
    ///
    /// - Throws: As `decompressed`.
    func lines(
        at positions: [Int], _ limits: ServerLimits, _ codecs: CodecPool
    ) throws(Problem) -> ReceivedBatch {
        func cut(_ bytes: UnsafeRawBufferPointer) throws(Problem) -> [UInt8] {
            BodyLines.cut(bytes, at: positions, lineByteCountMax: limits.entry.lineByteCountMax)
        }
        var part = self
        part.coding = .identity
        if let plain = try decompressed(limits, codecs) {
            part.bytes = ByteBuffer(bytes: try plain.withUnsafeBytesTyped(cut))
        } else {
            part.bytes = ByteBuffer(bytes: try bytes.withUnsafeReadableBytesTyped(cut))
        }
        return part
    }
}

/// Finds the lines of a body again by the positions that the decoder gave their entries.
enum BodyLines {
    /// - Parameter positions: In order.
    static func cut(_ bytes: UnsafeRawBufferPointer, at positions: [Int], lineByteCountMax: Int) -> [UInt8] {
        var output: [UInt8] = []
        var wanted = positions[...]
        var position = 0
        var start = 0
        while start < bytes.count, let next = wanted.first {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            let line = bytes[start..<end]
            // The decoder passes over blank lines, and refuses those that are too long without a look at them.
            if line.count > lineByteCountMax || !isBlank(line, isFirst: start == 0) {
                if position == next {
                    output += line
                    output.append(UInt8(ascii: "\n"))
                    wanted.removeFirst()
                }
                position += 1
            }
            start = end + 1
        }
        return output
    }

    private static func isBlank(_ line: Slice<UnsafeRawBufferPointer>, isFirst: Bool) -> Bool {
        let byteOrderMark: [UInt8] = [0xef, 0xbb, 0xbf]
        let text = isFirst && line.starts(with: byteOrderMark) ? line.dropFirst(byteOrderMark.count) : line
        return text.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }
    }
}
