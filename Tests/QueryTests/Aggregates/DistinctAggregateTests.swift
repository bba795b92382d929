import LogModel
import Testing

@testable import Query

@Suite struct DistinctAggregateTests {
    private static let entries = (0..<400).map { number in
        entry(
            number, "m", module: "m\(number % 2)",
            context: number % 5 == 0 ? [:] : ["x": String(number % 7), "y": String(number % 3)])
    }

    @Test func valuesAndCombinations() async throws {
        try await expectBothWays(
            "| stats count_uniq(x), count_uniq(x, y), count_uniq(none), count_uniq(module, x)",
            [["7", "21", "0", "16"]],
            of: Self.entries)
    }

    @Test func ofEachGroup() async throws {
        try await expectBothWays(
            "| stats count_uniq(x) by module", [["m0", "7"], ["m1", "7"]], of: Self.entries)
    }
}
