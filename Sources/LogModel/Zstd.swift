import CZstd
import Synchronization

/// zstd (RFC 8878) frames. A compressor or decompressor keeps its working memory between calls; each belongs to one
/// thread at a time.
public struct ZstdCompressor: ~Copyable {
    private let context: OpaquePointer
    /// Where frames are made, so that a caller's array grows by what a frame takes and not by what it might have.
    private var scratch = UnsafeMutableRawBufferPointer(start: nil, count: 0)

    public init() {
        guard let context = ZSTD_createCCtx() else { fatalError("out of memory for a zstd context") }
        self.context = context
    }

    deinit {
        ZSTD_freeCCtx(context)
        scratch.deallocate()
    }

    /// Appends `bytes` as one frame to `output`.
    ///
    /// - Parameter level: 1 (fast) to 19 (small); negative levels are faster still.
    public mutating func compress(_ bytes: UnsafeRawBufferPointer, level: Int, into output: inout [UInt8]) {
        output.append(contentsOf: compressed(bytes, level: level))
    }

    /// `bytes` as one frame, in memory of the compressor that is valid until it is used again.
    ///
    /// - Parameter level: 1 (fast) to 19 (small); negative levels are faster still.
    public mutating func compressed(_ bytes: UnsafeRawBufferPointer, level: Int) -> UnsafeRawBufferPointer {
        let bound = ZSTD_compressBound(bytes.count)
        if scratch.count < bound {
            scratch.deallocate()
            scratch = .allocate(byteCount: bound, alignment: 16)
        }
        let written = ZSTD_compressCCtx(
            context, scratch.baseAddress, bound, bytes.baseAddress, bytes.count, Int32(level))
        // Only a buffer below the bound, or no memory, fails a one-shot compression.
        precondition(ZSTD_isError(written) == 0, "zstd could not compress: \(Zstd.errorName(written))")
        return UnsafeRawBufferPointer(rebasing: scratch[..<written])
    }
}

public struct ZstdDecompressor: ~Copyable {
    /// Taken when the first frame comes: much of what is read holds none.
    private var taken: OpaquePointer?

    public init() {}

    deinit { if let taken { IdleDecompressors.give(taken) } }

    private mutating func context() -> OpaquePointer {
        if let taken { return taken }
        let context = IdleDecompressors.take()
        taken = context
        return context
    }

    /// Decompresses one frame that holds exactly `count` bytes.
    ///
    /// - Throws: `ZstdError` when the frame is damaged or holds another number of bytes.
    public mutating func decompress(_ frame: UnsafeRawBufferPointer, count: Int) throws(ZstdError) -> [UInt8] {
        var written = 0
        let context = context()
        let output = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            written = ZSTD_decompressDCtx(context, buffer.baseAddress, count, frame.baseAddress, frame.count)
            initialized = ZSTD_isError(written) == 0 ? written : 0
        }
        guard ZSTD_isError(written) == 0 else { throw ZstdError(message: Zstd.errorName(written)) }
        guard written == count else {
            throw ZstdError(message: "the frame holds \(written) bytes, \(count) were expected")
        }
        return output
    }
}

/// Contexts of decompressors that are gone, for the next ones: making one takes longer than a column takes to read.
private enum IdleDecompressors {
    private struct Contexts: @unchecked Sendable {
        var pointers: [OpaquePointer] = []
    }

    private static let idle = Mutex(Contexts())
    /// Of about 160 KiB each.
    private static let countMax = 32

    static func take() -> OpaquePointer {
        if let context = idle.withLock({ $0.pointers.popLast() }) { return context }
        guard let context = ZSTD_createDCtx() else { fatalError("out of memory for a zstd context") }
        return context
    }

    static func give(_ context: OpaquePointer) {
        let isKept = idle.withLock { idle in
            guard idle.pointers.count < countMax else { return false }
            idle.pointers.append(context)
            return true
        }
        if !isKept { ZSTD_freeDCtx(context) }
    }
}

/// Decompresses a stream whose size is not known, a piece at a time: a request's body.
public struct ZstdStreamDecompressor: ~Copyable {
    private let stream: OpaquePointer
    /// Whether the bytes so far end at the end of a frame.
    public private(set) var isAtFrameEnd = true

    /// - Parameter windowByteCountMax: The most memory a frame may ask for; more is an error. At least 1 KiB.
    public init(windowByteCountMax: Int = 8 << 20) {
        guard let stream = ZSTD_createDStream() else { fatalError("out of memory for a zstd stream") }
        self.stream = stream
        var log: Int32 = 10
        while (1 << (log + 1)) <= windowByteCountMax, log < 27 { log += 1 }
        ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, log)
    }

    deinit { ZSTD_freeDStream(stream) }

    /// Decompresses all of `input`, appending to `output`.
    ///
    /// - Returns: False when `output` reached `byteCountMax` with input left: the caller refuses the body.
    public mutating func decompress(
        _ input: UnsafeRawBufferPointer, into output: inout [UInt8], byteCountMax: Int
    ) throws(ZstdError) -> Bool {
        var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        let step = 128 << 10
        while true {
            let start = output.count
            // One byte past the limit is enough to know that it was passed.
            let room = min(step, byteCountMax + 1 - start)
            guard room > 0 else { return false }
            output.append(contentsOf: repeatElement(0, count: room))
            var hint = 0
            var produced = 0
            output.withUnsafeMutableBytes { buffer in
                var target = ZSTD_outBuffer(dst: buffer.baseAddress! + start, size: room, pos: 0)
                hint = ZSTD_decompressStream(stream, &target, &source)
                produced = target.pos
            }
            output.removeLast(room - produced)
            guard ZSTD_isError(hint) == 0 else { throw ZstdError(message: Zstd.errorName(hint)) }
            isAtFrameEnd = hint == 0
            if source.pos == source.size, produced < room { return output.count <= byteCountMax }
        }
    }
}

extension ZstdDecompressor {
    /// Decompresses one frame that fills `output` exactly.
    ///
    /// - Throws: `ZstdError` when the frame is damaged or holds another number of bytes.
    public mutating func decompress(
        _ frame: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(ZstdError) {
        let written = ZSTD_decompressDCtx(context(), output.baseAddress, output.count, frame.baseAddress, frame.count)
        guard ZSTD_isError(written) == 0 else { throw ZstdError(message: Zstd.errorName(written)) }
        guard written == output.count else {
            throw ZstdError(message: "the frame holds \(written) bytes, \(output.count) were expected")
        }
    }
}

public struct ZstdError: Error, Sendable, CustomStringConvertible {
    public let message: String
    public var description: String { "zstd: \(message)" }
}

public enum Zstd {
    static func errorName(_ code: Int) -> String { String(cString: ZSTD_getErrorName(code)) }

    /// Compresses once, with a context of its own: for callers that compress seldom.
    public static func compress(_ bytes: [UInt8], level: Int) -> [UInt8] {
        var compressor = ZstdCompressor()
        var output: [UInt8] = []
        bytes.withUnsafeBytes { compressor.compress($0, level: level, into: &output) }
        return output
    }
}
