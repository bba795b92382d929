import LogModel
import Testing

@testable import LogDB

struct ValueColumnTests {
    private func encode(_ values: [[UInt8]]) -> [UInt8] {
        ColumnCoding.encode { ValueColumn.encode(ByteColumn(values), level: 3, compressor: &$0, into: &$1) }
    }

    private func decode(_ bytes: [UInt8], count: Int, byteCountMax: Int, isWhole: Bool = true) throws -> [[UInt8]] {
        try ColumnCoding.decode(bytes, isWhole: isWhole) { (reader, decompressor) throws(LogError) in
            let (values, codes) = try ValueColumn.decode(
                &reader, count: count, byteCountMax: byteCountMax, decompressor: &decompressor)
            let view = AttributeView(rows: nil, codes: codes?.view, values: values.view)
            return withExtendedLifetime((values, codes)) { (0..<view.count).map { Array(view[$0]) } }
        }
    }

    /// More values than a dictionary takes, so that the other encodings have their turn.
    private static let many = 2_000

    private static let columns: [(kind: UInt8, name: String, values: [[UInt8]])] = {
        var generator = SeededGenerator(seed: 41)
        func random(_ make: (inout SeededGenerator) -> String) -> [[UInt8]] {
            (0..<many).map { _ in Array(make(&generator).utf8) }
        }
        func hex(_ digits: Int, _ generator: inout SeededGenerator) -> String {
            String((0..<digits).map { _ in "0123456789abcdef".randomElement(using: &generator)! })
        }
        let hexadecimal = random { hex(32, &$0) }
        let decimal = random {
            String(Int64.random(in: -999_999_999_999_999_999...999_999_999_999_999_999, using: &$0))
        }
        return [
            (0, "one value", [[UInt8]](repeating: Array("same".utf8), count: many)),
            (0, "no row", []),
            (0, "few values", random { String(Int.random(in: 0..<200, using: &$0)) }),
            (0, "bytes that are no text", [[0], [0xff], [], [0, 0], [0xff]]),
            (1, "hexadecimal", hexadecimal),
            (
                1, "decimal digits of one even length",
                random { String(UInt64.random(in: 10_000_000...99_999_999, using: &$0)) }
            ),
            (2, "integers", decimal),
            (3, "hexadecimal of an odd length", random { hex(31, &$0) }),
            (3, "hexadecimal of two lengths", hexadecimal + [Array("abcd".utf8)]),
            (3, "one letter that is upper-case", hexadecimal + [Array(("A" + hex(31, &generator)).utf8)]),
            (3, "integers and a leading zero", decimal + [Array("007".utf8)]),
            (3, "integers and a minus zero", decimal + [Array("-0".utf8)]),
            (3, "integers and a plus", decimal + [Array("+5".utf8)]),
            (3, "integers and a long one", decimal + [Array("1234567890123456789".utf8)]),
            (3, "integers and an empty text", decimal + [[]]),
            (3, "integers and a lone minus", decimal + [Array("-".utf8)]),
            (
                3, "any bytes",
                (0..<many).map { _ in
                    (0..<Int.random(in: 0...30, using: &generator)).map { _ in
                        UInt8.random(in: 0...255, using: &generator)
                    }
                }
            ),
        ]
    }()

    @Test(arguments: ValueColumnTests.columns.indices)
    func valuesComeBackInTheDensestEncodingThatTheyFit(_ index: Int) throws {
        let column = Self.columns[index]
        let bytes = encode(column.values)
        #expect(bytes[0] == column.kind, "\(column.name)")
        let total = column.values.reduce(0) { $0 + $1.count }
        #expect(
            try decode(bytes, count: column.values.count, byteCountMax: total + 16) == column.values, "\(column.name)")
    }

    @Test func theEdgesOfIntegersComeBack() throws {
        let edges = ["0", "-1", "999999999999999999", "-999999999999999999", "10", "-10"].map { Array($0.utf8) }
        let values = (0..<Self.many).map { Array(String($0).utf8) } + edges
        let bytes = encode(values)
        #expect(bytes[0] == 2)
        #expect(try decode(bytes, count: values.count, byteCountMax: 1 << 20) == values)
    }

    @Test(arguments: [0, 2, 4, 6, 16])
    func hostileBytesThrowOrDecode(_ index: Int) {
        let values = Array(Self.columns[index].values.prefix(900))
        ColumnCoding.attack(encode(values), seed: UInt64(index), rounds: 200) { bytes in
            try decode(bytes, count: values.count, byteCountMax: 1 << 16, isWhole: false).count == values.count
        }
    }
}
