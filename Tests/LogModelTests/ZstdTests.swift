import LogModel
import Testing

@Suite struct ZstdTests {
    @Test(arguments: [0, 1, 100, 100_000])
    func roundTrip(_ count: Int) throws {
        var random = SeededGenerator(seed: UInt64(count))
        let bytes = (0..<count).map { _ in UInt8.random(in: 0...7, using: &random) }
        var compressor = ZstdCompressor()
        var decompressor = ZstdDecompressor()
        for level in [1, 3, 19] {
            var output: [UInt8] = [1, 2, 3]
            bytes.withUnsafeBytes { compressor.compress($0, level: level, into: &output) }
            #expect(output.prefix(3) == [1, 2, 3])
            let frame = Array(output.dropFirst(3))
            #expect(try frame.withUnsafeBytes { try decompressor.decompress($0, count: count) } == bytes)
            if count > 1_000 { #expect(frame.count < count / 2) }
        }
    }

    @Test func anotherSizeThanExpectedIsAnError() {
        let frame = Zstd.compress(Array("some text".utf8), level: 1)
        for count in [0, 8, 10, 1_000] {
            var decompressor = ZstdDecompressor()
            #expect(throws: ZstdError.self) {
                try frame.withUnsafeBytes { try decompressor.decompress($0, count: count) }
            }
        }
    }

    @Test func damageIsAnErrorOrOtherBytes() {
        let bytes = Array("the quick brown fox jumps over the lazy dog, the quick brown fox".utf8)
        let frame = Zstd.compress(bytes, level: 3)
        var decompressor = ZstdDecompressor()
        #expect(throws: ZstdError.self) {
            try frame.dropLast().withUnsafeBytes { try decompressor.decompress($0, count: bytes.count) }
        }
        #expect(throws: ZstdError.self) {
            try [UInt8](repeating: 0x55, count: 64).withUnsafeBytes { try decompressor.decompress($0, count: 64) }
        }
    }

    @Test func aStreamComesInPieces() throws {
        var random = SeededGenerator(seed: 4)
        let bytes = (0..<500_000).map { _ in UInt8.random(in: 0...3, using: &random) }
        // Two frames, one after the other, are one stream.
        let stream =
            Zstd.compress(Array(bytes[..<200_000]), level: 1) + Zstd.compress(Array(bytes[200_000...]), level: 1)
        var decompressor = ZstdStreamDecompressor()
        var output: [UInt8] = []
        var start = 0
        while start < stream.count {
            let end = min(stream.count, start + Int.random(in: 1...40_000, using: &random))
            #expect(
                try stream[start..<end].withUnsafeBytes {
                    try decompressor.decompress($0, into: &output, byteCountMax: 1 << 20)
                })
            start = end
            let isAtFrameEnd = decompressor.isAtFrameEnd
            if start < stream.count / 3 || start == stream.count { #expect(isAtFrameEnd == (start == stream.count)) }
        }
        #expect(output == bytes)
    }

    @Test func aStreamStopsAtItsLimit() throws {
        let stream = Zstd.compress([UInt8](repeating: 0, count: 300_000), level: 1)
        for (limit, fits) in [(300_000, true), (299_999, false), (0, false)] {
            var decompressor = ZstdStreamDecompressor()
            var output: [UInt8] = []
            let isWhole = try stream.withUnsafeBytes {
                try decompressor.decompress($0, into: &output, byteCountMax: limit)
            }
            #expect(isWhole == fits)
            #expect(output.count <= limit + 1)
        }
    }

    @Test func aDamagedStreamIsAnError() {
        var decompressor = ZstdStreamDecompressor()
        var output: [UInt8] = []
        #expect(throws: ZstdError.self) {
            try Array("not zstd at all".utf8).withUnsafeBytes {
                try decompressor.decompress($0, into: &output, byteCountMax: 100)
            }
        }
    }
}
