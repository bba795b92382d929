import Testing

@testable import LogDB

struct IntegerColumnTests {
    private func encode(_ values: [Int64]) -> [UInt8] {
        ColumnCoding.encode { IntegerColumn.encode(values, level: 3, compressor: &$0, into: &$1) }
    }

    private func decode(_ bytes: [UInt8], count: Int) throws -> [Int64] {
        let values = try ColumnCoding.decode(bytes) { (reader, decompressor) throws(LogError) in
            try IntegerColumn.decode(&reader, rowCount: count, decompressor: &decompressor).values
        }
        // Single ones, where that is possible, are the same.
        let places = Array(stride(from: count - 1, through: 0, by: -3))
        let picked = try ColumnCoding.decode(bytes, isWhole: false) { (reader, decompressor) throws(LogError) in
            try IntegerColumn.pick(places, &reader, rowCount: count, decompressor: &decompressor)
        }
        if let picked { #expect(picked == places.map { values[$0] }) }
        return values
    }

    @Test(
        arguments: [
            [], [0], [Int64.min], [Int64.max], [7, 7, 7], [Int64.min, Int64.max], [Int64.max, Int64.min, Int64.max],
            [0, Int64.min, 0, Int64.max, -1], [1, 2, 3, 4], [1_000, 3_000, 2_000, 9_000],
            [Int64.min, Int64.min + 1_000, Int64.min + 3_000], [-6, 0, 6, -6], [0, Int64.min], [Int64.min, 0],
            [5, 5, 5, 6], [255, 256, 65_535, 65_536, 0],
        ] as [[Int64]])
    func valuesComeBack(_ values: [Int64]) throws {
        #expect(try decode(encode(values), count: values.count) == values)
    }

    @Test func randomValuesOfEveryMagnitudeComeBack() throws {
        var generator = SeededGenerator(seed: 11)
        for round in 0..<200 {
            let bits = UInt64.random(in: 1...64, using: &generator)
            let factor: Int64 = [1, 1, 1_000, 1 << 40].randomElement(using: &generator)!
            let isSorted = Bool.random(using: &generator)
            var values = (0..<Int.random(in: 1...300, using: &generator)).map { _ in
                (Int64(bitPattern: UInt64.random(in: 0...UInt64.max, using: &generator)) >> Int64(64 - bits)) &* factor
            }
            if isSorted { values.sort() }
            #expect(try decode(encode(values), count: values.count) == values, "round \(round)")
        }
    }

    @Test func clocksThatTickInMillisecondsCostNoMoreThanTheirTicks() {
        var generator = SeededGenerator(seed: 12)
        var tick: Int64 = 1_735_900_000_000
        let ticks = (0..<4_096).map { _ in
            tick += Int64.random(in: 0..<200, using: &generator)
            return tick
        }
        let milliseconds = encode(ticks)
        let microseconds = encode(ticks.map { $0 * 1_000 })
        #expect(microseconds.count <= milliseconds.count + 8)
    }

    @Test func hostileBytesThrowOrDecode() {
        for (index, values) in [
            [Int64](repeating: 9, count: 50), (0..<200).map { Int64($0) * 1_000 },
            (0..<200).map { Int64($0 * 7_919 % 997) },
        ].enumerated() {
            ColumnCoding.attack(encode(values), seed: UInt64(index)) { bytes in
                try ColumnCoding.decode(bytes, isWhole: false) { (reader, decompressor) throws(LogError) in
                    try IntegerColumn.decode(&reader, rowCount: values.count, decompressor: &decompressor).elements
                        .count
                        == values.count
                }
            }
        }
    }
}
