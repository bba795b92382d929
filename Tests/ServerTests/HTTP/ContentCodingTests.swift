import Testing

@testable import Server

@Suite struct ContentCodingTests {
    @Test(
        arguments: [
            (nil, ContentCoding.identity), ("", .identity), ("br", .identity), ("gzip", .gzip), ("gzip, zstd", .zstd),
            ("zstd;q=0.1, gzip;q=0.9", .gzip), ("zstd;q=0, gzip;q=0", .identity), ("GZIP ; q=1", .gzip),
            ("gzip;q=0.5, zstd;q=0.5", .zstd),
        ] as [(String?, ContentCoding)])
    func theBestCodingIsChosen(_ field: String?, _ coding: ContentCoding) {
        #expect(ContentCoding(acceptEncoding: field) == coding)
    }

    @Test func gzipGoesBothWays() throws {
        var random = SeededGenerator(seed: 3)
        for count in [0, 1, 1_000, 65_536, 300_000] {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0..<8, using: &random) }
            var packed: [UInt8] = []
            let compressor = Gzip.Compressor(level: 4)
            let half = count / 2
            compressor.compress(Array(bytes[..<half]), isLast: false, into: &packed)
            compressor.compress(Array(bytes[half...]), isLast: true, into: &packed)
            var unpacked: [UInt8] = []
            let isWhole = try packed.withUnsafeBytes {
                try Gzip.decompress($0, into: &unpacked, byteCountMax: count)
            }
            #expect(isWhole)
            #expect(unpacked == bytes)
            if count > 0 {
                var cut: [UInt8] = []
                let fits = try packed.withUnsafeBytes {
                    try Gzip.decompress($0, into: &cut, byteCountMax: count - 1)
                }
                #expect(!fits)
            }
        }
    }
}
