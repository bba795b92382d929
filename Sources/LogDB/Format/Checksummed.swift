import LogModel

/// A value whose last four bytes are the CRC-32C of those before them. Everything the engine writes carries one, beside
/// RocksDB's own, so that damage is found wherever the bytes have been.
enum Checksummed {
    static func seal(_ bytes: inout [UInt8]) {
        let checksum = Crc32c.checksum(bytes)
        withUnsafeBytes(of: checksum.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// The bytes without their checksum.
    ///
    /// - Throws: `.corruption` when it does not match.
    static func open(
        _ bytes: UnsafeRawBufferPointer, location: @autoclosure () -> String
    ) throws(LogError) -> UnsafeRawBufferPointer {
        guard bytes.count >= 4 else {
            throw LogError(.corruption, "a value of \(bytes.count) bytes has no checksum", location: location())
        }
        let body = UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count - 4)])
        let stored = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: bytes.count - 4, as: UInt32.self))
        guard Crc32c.checksum(body) == stored else {
            throw LogError(.corruption, "the checksum does not match", location: location())
        }
        return body
    }
}
