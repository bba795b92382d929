import Testing

@testable import LogDB

struct PackedBytesTests {
    private func encode(_ bytes: [UInt8]) -> [UInt8] {
        ColumnCoding.encode { PackedBytes.encode(bytes, level: 3, compressor: &$0, into: &$1) }
    }

    private func decode(_ bytes: [UInt8], max: Int, isWhole: Bool = true) throws -> [UInt8] {
        try ColumnCoding.decode(bytes, isWhole: isWhole) { (reader, decompressor) throws(LogError) in
            try PackedBytes.decode(&reader, max: max, decompressor: &decompressor).values
        }
    }

    @Test(arguments: [0, 1, 127, 128, 129, 500, 70_000])
    func bytesComeBackWhetherTheyCompressOrNot(_ count: Int) throws {
        var generator = SeededGenerator(seed: UInt64(count))
        let random = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let even = [UInt8](repeating: 7, count: count)
        #expect(try decode(encode(random), max: count) == random)
        #expect(try decode(encode(even), max: count) == even)
        #expect(encode(random).count <= count + 6)
        if count >= 128 { #expect(encode(even).count < 40) }
    }

    @Test func aCountPastTheBoundTakesNoMemory() {
        #expect(throws: LogError.self) { try decode(encode([UInt8](repeating: 1, count: 101)), max: 100) }
        // A count of 2⁶³ and more.
        let huge: [UInt8] = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 0x00]
        #expect(throws: LogError.self) { try decode(huge, max: .max) }
    }

    @Test func hostileBytesThrowOrDecode() {
        ColumnCoding.attack(encode((0..<400).map { UInt8($0 % 17) }), seed: 31) { bytes in
            try decode(bytes, max: 1_000, isWhole: false).count <= 1_000
        }
    }

    private func encodePlane(_ bytes: [UInt8]) -> [UInt8] {
        ColumnCoding.encode { coder, writer in
            bytes.withUnsafeBytes { PackedBytes.encodePlane($0, level: 3, compressor: &coder, into: &writer) }
        }
    }

    /// Every width of number, and counts around the eight that are moved at a time.
    @Test(arguments: 0...8)
    func planesComeBack(_ width: Int) throws {
        var generator = SeededGenerator(seed: UInt64(width))
        let largest = UInt8(truncatingIfNeeded: (1 << width) - 1)
        for count in [0, 1, 7, 8, 9, 15, 16, 17, 63, 64, 65, 127, 128, 129, 1_000, 4_096] {
            var bytes = (0..<count).map { _ in UInt8.random(in: 0...largest, using: &generator) }
            if count > 0 { bytes[count / 2] = largest }
            let encoded = encodePlane(bytes)
            #expect(try decode(encoded, max: count) == bytes)
            if count >= 128 { #expect(encoded.count <= (count * max(width, 1) + 7) / 8 + 4) }
        }
    }

    /// Runs and repeats are what frames are for.
    @Test func aPlaneThatCompressesFarIsAFrame() {
        let bytes = (0..<4_096).map { UInt8($0 / 1_000) }
        #expect(encodePlane(bytes).count < 60)
    }

    @Test func hostilePlanesThrowOrDecode() {
        var generator = SeededGenerator(seed: 8)
        let bytes = (0..<400).map { _ in UInt8.random(in: 0..<32, using: &generator) }
        ColumnCoding.attack(encodePlane(bytes), seed: 32) { bytes in
            try decode(bytes, max: 1_000, isWhole: false).count <= 1_000
        }
    }
}
