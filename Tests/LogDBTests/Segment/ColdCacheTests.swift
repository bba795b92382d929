import Testing

@testable import LogDB

struct ColdCacheTests {
    private let object = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ $0 >> 8) }

    private func read(
        _ cache: ColdCache, _ range: Range<UInt64>, _ fetched: inout [Range<UInt64>]
    ) throws -> [UInt8] {
        try cache.read("object", range, byteCount: UInt64(object.count)) { (range) throws(LogError) in
            fetched.append(range)
            return Array(object[Int(range.lowerBound)..<Int(range.upperBound)])
        }
    }

    @Test func rangesAreAsTheyAreStored() throws {
        let cache = ColdCache(pageByteCount: 1_024, byteCountMax: 20_000)
        var generator = SeededGenerator(seed: 451)
        var fetched: [Range<UInt64>] = []
        for _ in 0..<2_000 {
            let start = Int.random(in: 0..<object.count, using: &generator)
            let end = min(object.count, start + Int.random(in: 1...5_000, using: &generator))
            #expect(try read(cache, UInt64(start)..<UInt64(end), &fetched) == Array(object[start..<end]))
        }
        #expect(fetched.allSatisfy { $0.count <= 16 * 1_024 })
    }

    @Test func whatIsThereIsNotFetchedAgain() throws {
        let cache = ColdCache(pageByteCount: 1_024, byteCountMax: 1 << 20)
        var fetched: [Range<UInt64>] = []
        _ = try read(cache, 5_000..<5_100, &fetched)
        _ = try read(cache, 4_200..<5_100, &fetched)
        #expect(fetched == [4_096..<5_120])
    }

    @Test(arguments: [false, true]) func aScanFetchesEverMoreAtATime(_ isBackwards: Bool) throws {
        let cache = ColdCache(pageByteCount: 1_024, byteCountMax: 1 << 20)
        var fetched: [Range<UInt64>] = []
        let starts = stride(from: 0, to: 99_000, by: 500).map { UInt64($0) }
        for start in isBackwards ? starts.reversed() : starts {
            let range = start..<(start + 500)
            #expect(try read(cache, range, &fetched) == Array(object[Int(range.lowerBound)..<Int(range.upperBound)]))
        }
        #expect(fetched.count < 15, "\(fetched)")
        // No byte twice.
        #expect(fetched.reduce(0) { $0 + $1.count } <= object.count)
    }
}
