import LogModel
import Testing

@testable import Query

@Suite struct SumAggregateTests {
    @Test func wholeNumbersAreExact() async throws {
        let large = String(Int64.max / 2)
        let entries = [large, large, "1", "no number", "-3"].enumerated().map { place, text in
            entry(place, "a", context: ["x": text])
        }
        try await expectBothWays("| stats sum(x), avg(none)", [[String(Int64.max / 2 * 2 - 2), "-"]], of: entries)
    }

    /// What is lost where large numbers cancel each other out is made up for.
    @Test func decimalNumbersAreCompensated() async throws {
        let entries = ["1.5", "1e300", "2.5", "-1e300"].enumerated().map { place, text in
            entry(place, "a", context: ["x": text])
        }
        try await expectBothWays("| stats sum(x), avg(x)", [["4.0", "1.0"]], of: entries)
    }
}
