import LogModel
import Testing

@testable import LogDB

/// The order of the keys' bytes is the order of what they are made of.
struct KeyLayoutTests {
    private static let edges: [Int64] = [
        .min, .min + 1, -86_400_000_001, -1_000, -1, 0, 1, 255, 256, 1 << 32, 1_735_900_000_000_000, .max - 1, .max,
    ]

    /// Whether every value of the ascending list has a key before its successor's.
    private func expectAscending(_ keys: [[UInt8]]) {
        for (left, right) in zip(keys, keys.dropFirst()) { #expect(left.lexicographicallyPrecedes(right)) }
    }

    private func column(
        day: Int32 = 0, device: UInt32 = 0, session: UInt64 = 0, time: Int64 = 0, number: UInt64 = 0, column: UInt16 = 0
    ) -> [UInt8] {
        KeyLayout.column(BlockKey(day: day, device: device, session: session, time: time, number: number), column)
    }

    @Test func signedTimesAndDaysAreOrdered() {
        expectAscending(Self.edges.map { column(time: $0) })
        expectAscending([Int32.min, -20_000, -1, 0, 1, 20_090, .max].map { column(day: $0) })
        expectAscending([Int32.min, -1, 0, 1, .max].map { KeyLayout.day($0) })
        expectAscending([Int32.min, -1, 0, 1, .max].map { KeyLayout.postings(day: $0, segment: 7, page: 9) })
    }

    @Test func unsignedNumbersAreOrdered() {
        let numbers: [UInt64] = [0, 1, 255, 256, 1 << 31, 1 << 63, .max]
        expectAscending(numbers.map { KeyLayout.staging($0) })
        expectAscending(numbers.map { KeyLayout.segmentRecord($0) })
        expectAscending(numbers.map { column(session: $0) })
        expectAscending(numbers.map { column(number: $0) })
        expectAscending([0, 1, 255, 256, .max].map { column(device: $0) })
        expectAscending([0, 1, 255, 256, .max].map { column(column: $0) })
    }

    @Test func partsThatStandFirstDecideFirst() {
        expectAscending([
            column(day: -1, device: 9, session: 9, time: 9, number: 9, column: 9),
            column(day: 0, device: 1, session: 9, time: 9, number: 9, column: 9),
            column(day: 0, device: 2, session: 1, time: 9, number: 9, column: 9),
            column(day: 0, device: 2, session: 2, time: -5, number: 9, column: 9),
            column(day: 0, device: 2, session: 2, time: 5, number: 1, column: 9),
            column(day: 0, device: 2, session: 2, time: 5, number: 2, column: 0),
        ])
    }

    @Test func aDayHoldsItsKeysAndNoOthers() {
        let from = KeyLayout.day(-3)
        let to = KeyLayout.end(of: from)
        for key in [
            column(day: -3), column(day: -3, device: .max, session: .max, time: .max, number: .max, column: .max),
        ] {
            #expect(!key.lexicographicallyPrecedes(from) && key.lexicographicallyPrecedes(to))
        }
        for key in [column(day: -4, device: .max, session: .max), column(day: -2, time: .min)] {
            #expect(key.lexicographicallyPrecedes(from) || !key.lexicographicallyPrecedes(to))
        }
    }

    @Test func theEndOfAPrefixIsPastAllThatBeginWithIt() {
        #expect(KeyLayout.end(of: [1, 2]) == [1, 3])
        #expect(KeyLayout.end(of: [1, 0xff]) == [2])
        #expect(KeyLayout.end(of: [0xff, 0xff]) == [0xff, 0xff, 0xff])
        #expect([0xff, 0xff, 0xfe].lexicographicallyPrecedes(KeyLayout.end(of: [0xff, 0xff])))
    }

    @Test func escapedStringsAreOrderedAndNoneIsAnothersPrefix() {
        var generator = SeededGenerator(seed: 1)
        var strings: [[UInt8]] = [
            [], [0], [0, 0], [0, 0xff], [0xff], [1], [0, 1], Array("boot".utf8), Array("boot-2".utf8),
        ]
        for _ in 0..<200 {
            strings.append(
                (0..<Int.random(in: 0...5, using: &generator)).map { _ in
                    [0, 1, 0xfe, 0xff].randomElement(using: &generator)!
                })
        }
        let keys = Set(strings).sorted { $0.lexicographicallyPrecedes($1) }.map { string in
            var key = KeyWriter(capacity: 0)
            key.appendString(string)
            return key.bytes
        }
        expectAscending(keys)
        for (left, right) in zip(keys, keys.dropFirst()) { #expect(!right.starts(with: left)) }
    }

    @Test func aBootsBatchesLieApartFromOtherBoots() {
        let boots = ["", "a", "a\u{0}", "a\u{0}\u{0}", "ab", "b"].map {
            KeyLayout.boot(device: 5, boot: Array($0.utf8))
        }
        let groups = boots.map {
            [
                KeyLayout.bootWindow($0), KeyLayout.bootBatch($0, 0), KeyLayout.bootBatch($0, 9),
                KeyLayout.bootBatch($0, .max),
            ]
        }
        expectAscending(groups.flatMap { $0 })
    }

    @Test func theNumberOfAKeyComesBack() throws {
        for number: UInt64 in [0, 1, 1 << 40, .max] {
            let key = KeyLayout.segmentDirectory(number)
            #expect(try key.withUnsafeBytes { try KeyLayout.number($0) } == number)
            #expect(try KeyLayout.number(value: KeyLayout.staging(number)) == number)
        }
    }

    @Test func bytesWithoutANumberAreCorruption() {
        for count in [0, 1, 7, 9] {
            let bytes = [UInt8](repeating: 1, count: count)
            #expect(throws: LogError.self) { try KeyLayout.number(value: bytes) }
            if count < 8 { #expect(throws: LogError.self) { try bytes.withUnsafeBytes { try KeyLayout.number($0) } } }
        }
    }
}
