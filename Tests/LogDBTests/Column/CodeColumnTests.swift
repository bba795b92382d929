import Testing

@testable import LogDB

struct CodeColumnTests {
    private func encode(_ codes: [UInt32], valueCount: Int) -> [UInt8] {
        ColumnCoding.encode {
            CodeColumn.encode(codes, valueCount: valueCount, level: 3, compressor: &$0, into: &$1)
        }
    }

    private func decode(_ bytes: [UInt8], count: Int, valueCount: Int, isWhole: Bool = true) throws -> [UInt32] {
        try ColumnCoding.decode(bytes, isWhole: isWhole) { (reader, decompressor) throws(LogError) in
            let start = reader
            let codes = try CodeColumn.decode(
                &reader, rowCount: count, valueCount: valueCount, decompressor: &decompressor
            ).values
            var again = start
            var picked: [UInt32] = []
            let places = Array(stride(from: count - 1, through: 0, by: -3))
            try CodeColumn.pick(
                places, &again, rowCount: count, valueCount: valueCount, decompressor: &decompressor, into: &picked)
            #expect(picked == places.map { codes[$0] })
            return codes
        }
    }

    @Test(arguments: [1, 2, 255, 256, 257, 65_535, 65_536, 65_537, 16_777_216, 16_777_217])
    func codesOfEveryWidthComeBack(_ valueCount: Int) throws {
        var generator = SeededGenerator(seed: UInt64(valueCount))
        var codes = (0..<500).map { _ in UInt32.random(in: 0..<UInt32(valueCount), using: &generator) }
        codes[0] = UInt32(valueCount - 1)
        #expect(try decode(encode(codes, valueCount: valueCount), count: 500, valueCount: valueCount) == codes)
    }

    @Test func noRowsNeedNoValues() throws {
        #expect(try decode(encode([], valueCount: 0), count: 0, valueCount: 0) == [])
    }

    @Test func aCodePastTheDictionaryIsCorruption() throws {
        let bytes = encode([0, 1, 2, 9], valueCount: 10)
        #expect(throws: LogError.self) { try decode(bytes, count: 4, valueCount: 9) }
        #expect(throws: LogError.self) { try decode([], count: 4, valueCount: 0) }
    }

    @Test func hostileBytesThrowOrDecode() {
        let codes = (0..<300).map { UInt32($0 % 290) }
        ColumnCoding.attack(encode(codes, valueCount: 290), seed: 5) { bytes in
            try decode(bytes, count: 300, valueCount: 290, isWhole: false).allSatisfy { $0 < 290 }
        }
    }
}
