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
}
