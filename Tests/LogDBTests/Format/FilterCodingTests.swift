import LogModel
import Testing

@testable import LogDB

struct FilterCodingTests {
    @Test func everyFilterReadsBackAsItWasWritten() throws {
        var filters = FilterRandom(seed: 71, rows: [])
        var found = 0
        for _ in 0..<2_000 {
            let filter = filters.filter(depth: 4)
            #expect(try FilterCoding.decode(FilterCoding.encode(filter), location: "test") == filter)
            if filter != .everything, filter != .nothing { found += 1 }
        }
        #expect(found > 1_000)
        let rare: [Filter] = [
            .stream(device: .max, session: .max), .committed(through: .max), .value(.context("level"), .exists),
            .value(.level, .exists),
            .value(.message, .exactWildcard(WildcardPattern([.literal([65]), .anyRun], isExact: true))),
            .id(EntryKey(time: .min, device: 7, session: 0, sequence: 3)), .received(.all),
        ]
        for filter in rare {
            #expect(try FilterCoding.decode(FilterCoding.encode(filter), location: "test") == filter)
        }
    }

    @Test func damagedBytesAreRefused() throws {
        var filters = FilterRandom(seed: 72, rows: [])
        for round in 0..<40 {
            let bytes = FilterCoding.encode(filters.filter(depth: 4))
            for length in 0..<bytes.count {
                #expect(throws: LogError.self) {
                    try FilterCoding.decode(Array(bytes[..<length]), location: "test")
                }
            }
            var generator = SeededGenerator(seed: UInt64(round))
            for _ in 0..<50 {
                var damaged = bytes
                damaged[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(
                    in: 0...255, using: &generator)
                // Another filter, or an error; never a trap.
                _ = try? FilterCoding.decode(damaged, location: "test")
            }
        }
    }

    @Test func aFilterThatNestsWithoutEndIsRefused() {
        let negations = [UInt8](repeating: FilterCoding.encode(.not(.everything))[0], count: 1 << 20)
        #expect { try FilterCoding.decode(negations, location: "test") } throws: {
            ($0 as? LogError)?.code == .corruption
        }
    }
}
