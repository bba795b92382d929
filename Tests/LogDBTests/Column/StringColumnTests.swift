import LogModel
import Testing

@testable import LogDB

struct StringColumnTests {
    private func encode(_ strings: [[UInt8]]) -> [UInt8] {
        ColumnCoding.encode { StringColumn.encode(ByteColumn(strings), level: 3, compressor: &$0, into: &$1) }
    }

    private func decode(_ bytes: [UInt8], count: Int, byteCountMax: Int, isWhole: Bool = true) throws -> [[UInt8]] {
        try ColumnCoding.decode(bytes, isWhole: isWhole) { (reader, decompressor) throws(LogError) in
            try StringColumn.decode(&reader, count: count, byteCountMax: byteCountMax, decompressor: &decompressor)
                .strings
        }
    }

    @Test func anyBytesComeBack() throws {
        var generator = SeededGenerator(seed: 21)
        let cases: [[[UInt8]]] = [
            [], [[]], [[], [], []], [[0]], [[0], [], [0, 0]], [[0xff, 0xfe], [0xc3], Array("é".utf8)],
            [[UInt8](repeating: 0x61, count: 1 << 20), [], [0x62]],
            (0..<500).map { _ in
                (0..<Int.random(in: 0...40, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator)
                }
            },
        ]
        for strings in cases {
            let total = strings.reduce(0) { $0 + $1.count }
            #expect(try decode(encode(strings), count: strings.count, byteCountMax: total) == strings)
        }
    }

    @Test func moreBytesThanAllowedAreCorruption() throws {
        let bytes = encode([Array("twelve bytes".utf8)])
        #expect(throws: LogError.self) { try decode(bytes, count: 1, byteCountMax: 11) }
        #expect(throws: LogError.self) { try decode(bytes, count: 2, byteCountMax: 12) }
    }

    @Test func hostileBytesThrowOrDecode() {
        let strings = (0..<120).map { Array("message \($0 * $0)".utf8) }
        ColumnCoding.attack(encode(strings), seed: 22) { bytes in
            try decode(bytes, count: 120, byteCountMax: 4_096, isWhole: false).count == 120
        }
    }
}
