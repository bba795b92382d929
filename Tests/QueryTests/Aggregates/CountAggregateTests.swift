import LogModel
import Testing

@testable import Query

@Suite struct CountAggregateTests {
    @Test func rowsOrThoseThatHaveOneOfTheFields() async throws {
        let entries = [
            entry(0, "a", module: "m", context: ["x": "1"]), entry(1, "b", context: ["y": "2"]),
            entry(2, "", module: "m"), entry(3, "c", module: "m", context: ["x": ""]),
        ]
        try await expectBothWays(
            "| stats count(), count(x), count(x, y), count(module), count(none), count() if (x:*)",
            [["4", "2", "3", "3", "0", "2"]], of: entries)
    }

    @Test func aSecond() async throws {
        let entries = (0..<30).map { entry($0, "a") }
        try await expectBothWays("| stats rate() by bin(1m)", [["2025-01-15T10:00", "0.5"]], of: entries)
    }
}
