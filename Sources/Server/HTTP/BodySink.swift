import HTTPTypes
import HummingbirdCore
import NIOCore

/// Takes the bytes of an answer that is written as it is found. Each write waits for the client to keep up.
struct BodySink {
    private var writer: any ResponseBodyWriter
    private let coding: ContentCoding
    private let codecs: CodecPool
    private let gzip: Gzip.Compressor?

    init(_ writer: any ResponseBodyWriter, coding: ContentCoding, codecs: CodecPool) {
        self.writer = writer
        self.coding = coding
        self.codecs = codecs
        gzip = coding == .gzip ? Gzip.Compressor(level: ResponseCoding.gzipLevel) : nil
    }

    /// - Throws: When the connection is gone.
    mutating func write(_ bytes: [UInt8]) async throws {
        guard !bytes.isEmpty else { return }
        switch coding {
        case .identity: try await writer.write(ByteBuffer(bytes: bytes))
        case .gzip:
            var compressed: [UInt8] = []
            gzip?.compress(bytes, isLast: false, into: &compressed)
            try await writer.write(ByteBuffer(bytes: compressed))
        case .zstd:
            // A stream of zstd may have any number of frames.
            var compressed: [UInt8] = []
            codecs.compress(bytes, level: ResponseCoding.zstdLevel, into: &compressed)
            try await writer.write(ByteBuffer(bytes: compressed))
        }
    }

    /// Ends the body. Without this the client sees that the answer is not whole.
    consuming func finish(trailers: HTTPFields? = nil) async throws {
        if let gzip {
            var compressed: [UInt8] = []
            gzip.compress([], isLast: true, into: &compressed)
            try await writer.write(ByteBuffer(bytes: compressed))
        }
        try await writer.finish(trailers)
    }
}

/// Which answers are compressed, and how well.
enum ResponseCoding {
    /// Below this many bytes the fields of the head outweigh the gain.
    static let byteCountMin = 1_024
    static let gzipLevel: Int32 = 4
    static let zstdLevel = 3
}
