public import CBytes

/// CRC-32C (Castagnoli; RFC 3720, appendix B.4), by the processor's instruction where it has one.
public enum Crc32c {
    /// - Parameter seed: The checksum of the bytes before these, 0 at the start.
    @inlinable
    public static func checksum(_ bytes: UnsafeRawBufferPointer, seed: UInt32 = 0) -> UInt32 {
        cbytes_crc32c(seed, bytes.baseAddress, bytes.count)
    }

    @inlinable
    public static func checksum(_ bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBytes { checksum($0) }
    }
}
