@testable import LogModel

/// Bytes as a batch frame; once as they are, and once with the sizes and the checksum of a sound one.
enum FrameInput {
    static func read(_ bytes: UnsafeRawBufferPointer) {
        decode(bytes)
        guard bytes.count >= BatchFrame.headerByteCount else { return }
        var sealed = Array(bytes)
        sealed.replaceSubrange(..<5, with: BatchFrame.magic + [BatchFrame.version])
        sealed[6] = 0
        sealed[7] = 0
        withUnsafeBytes(of: UInt32(bytes.count - BatchFrame.headerByteCount).littleEndian) {
            sealed.replaceSubrange(16..<20, with: $0)
        }
        let checksum = sealed.withUnsafeBytes { all in
            let header = Crc32c.checksum(UnsafeRawBufferPointer(rebasing: all[..<20]))
            return Crc32c.checksum(
                UnsafeRawBufferPointer(rebasing: all[BatchFrame.headerByteCount...]), seed: header)
        }
        withUnsafeBytes(of: checksum.littleEndian) { sealed.replaceSubrange(20..<24, with: $0) }
        sealed.withUnsafeBytes { decode($0) }
    }

    private static func decode(_ bytes: UnsafeRawBufferPointer) {
        var decompressor = ZstdDecompressor()
        var limits = BatchFrame.Limits()
        limits.rawByteCountMax = 1 << 20
        limits.rowCountMax = 1 << 14
        guard let batch = try? BatchFrame.decode(bytes, using: &decompressor, limits: limits) else { return }
        checkIsKept(batch)
    }

    /// Encodes the batch and compares it with what comes back.
    static func checkIsKept(_ batch: Batch) {
        var compressor = ZstdCompressor()
        var decompressor = ZstdDecompressor()
        let frame = BatchFrame.encode(batch, level: 1, using: &compressor)
        let again = frame.withUnsafeBytes { bytes in
            do throws(BatchFrameError) {
                return try BatchFrame.decode(bytes, using: &decompressor)
            } catch {
                preconditionFailure("a frame is not read back: \(error)")
            }
        }
        precondition(again.count == batch.count)
        for index in 0..<batch.count { precondition(again[index] == batch[index], "entry \(index) is another") }
    }
}
