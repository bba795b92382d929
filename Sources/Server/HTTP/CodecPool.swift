import LogModel
import Synchronization

/// zstd contexts that wait for their next user: one is some hundred kilobytes, and making it costs more than a batch.
final class CodecPool: Sendable {
    private let compressors = Mutex<[CompressorBox]>([])
    private let decompressors = Mutex<[DecompressorBox]>([])
    private let streams = Mutex<[StreamBox]>([])

    /// More than this many of a kind are not kept.
    private static let idleCountMax = 8

    // Unchecked: a box has one user at a time.
    private final class CompressorBox: @unchecked Sendable {
        var codec = ZstdCompressor()
    }

    private final class DecompressorBox: @unchecked Sendable {
        var codec = ZstdDecompressor()
    }

    private final class StreamBox: @unchecked Sendable {
        var codec = ZstdStreamDecompressor()
    }

    /// Appends `bytes` as one zstd frame.
    func compress(_ bytes: [UInt8], level: Int, into output: inout [UInt8]) {
        let box = compressors.withLock { $0.popLast() } ?? CompressorBox()
        bytes.withUnsafeBytes { box.codec.compress($0, level: level, into: &output) }
        compressors.withLock { if $0.count < CodecPool.idleCountMax { $0.append(box) } }
    }

    func decode(_ frame: UnsafeRawBufferPointer, limits: BatchFrame.Limits) throws(BatchFrameError) -> Batch {
        let box = decompressors.withLock { $0.popLast() } ?? DecompressorBox()
        defer { decompressors.withLock { if $0.count < CodecPool.idleCountMax { $0.append(box) } } }
        return try BatchFrame.decode(frame, using: &box.codec, limits: limits)
    }

    /// What became of a body that was to be decompressed.
    enum Outcome {
        case whole
        /// There are more bytes than were allowed.
        case tooLarge
        /// The body ends within a frame.
        case incomplete
    }

    /// Decompresses a whole body, appending to `output`.
    func decompress(
        _ body: UnsafeRawBufferPointer, into output: inout [UInt8], byteCountMax: Int
    ) throws(ZstdError) -> Outcome {
        let box = streams.withLock { $0.popLast() } ?? StreamBox()
        guard try box.codec.decompress(body, into: &output, byteCountMax: byteCountMax) else { return .tooLarge }
        guard box.codec.isAtFrameEnd else { return .incomplete }
        // Only a stream that stands at a frame's end can begin another body.
        streams.withLock { if $0.count < CodecPool.idleCountMax { $0.append(box) } }
        return .whole
    }
}
