import LogModel
import Testing

@testable import Query

@Suite struct ExtremeAggregateTests {
    @Test func numbersBeforeText() async throws {
        let entries = ["9", "10", "zebra", "-1.5"].enumerated().map { place, text in
            entry(place, text, level: [.warn, .fatal, .debug, .info][place], context: ["x": text])
        }
        try await expectBothWays(
            "| stats min(x), max(x), min(message), max(message), min(level), max(level), min(time), max(none)",
            [["-1.5", "10", "-1.5", "10", "DEBUG", "FATAL", "2025-01-15T10:00", "-"]], of: entries)
    }

    @Test func textByItsBytes() async throws {
        let entries = ["b", "B", "ä", "a"].enumerated().map { entry($0, "m", context: ["x": $1]) }
        try await expectBothWays("| stats min(x), max(x)", [["B", "ä"]], of: entries)
    }
}
