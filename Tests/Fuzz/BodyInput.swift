import LogModel

@testable import Server

/// Bytes as the compressed body of a request, behind a byte that says which way: what comes out stays within its bound.
enum BodyInput {
    private static let byteCountMax = 2 << 10
    private static let codecs = CodecPool()

    static func read(_ bytes: UnsafeRawBufferPointer) {
        guard let first = bytes.first else { return }
        let content = UnsafeRawBufferPointer(rebasing: bytes[1...])
        let decompression = BodyDecompression(
            coding: first % 2 == 0 ? .gzip : .zstd, byteCountMax: byteCountMax, codecs: codecs)
        guard let body = try? decompression.decompress(content) else { return }
        precondition(body.count <= byteCountMax, "a body is larger than it may be")
    }
}
