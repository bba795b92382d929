import LogModel
import Testing

/// RFC 3720, appendix B.4, and the check value of the CRC catalogue.
@Suite struct Crc32cTests {
    @Test func publishedVectors() {
        #expect(Crc32c.checksum([UInt8](repeating: 0, count: 32)) == 0x8a91_36aa)
        #expect(Crc32c.checksum([UInt8](repeating: 0xff, count: 32)) == 0x62a8_ab43)
        #expect(Crc32c.checksum([UInt8](0..<32)) == 0x46dd_794e)
        #expect(Crc32c.checksum([UInt8]((0..<32).reversed())) == 0x113f_db5c)
        #expect(Crc32c.checksum(Array("123456789".utf8)) == 0xe306_9283)
        #expect(Crc32c.checksum([]) == 0)
    }

    @Test func continuesFromASeed() {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<200 {
            let bytes = random.bytes(countMax: 100)
            let cut = Int.random(in: 0...bytes.count, using: &random)
            let whole = Crc32c.checksum(bytes)
            let pieces = bytes.withUnsafeBytes { bytes in
                Crc32c.checksum(
                    UnsafeRawBufferPointer(rebasing: bytes[cut...]),
                    seed: Crc32c.checksum(UnsafeRawBufferPointer(rebasing: bytes[..<cut])))
            }
            #expect(pieces == whole)
        }
    }
}
