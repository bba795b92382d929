import LogModel
import Testing

@testable import Query

@Suite struct QuantileAggregateTests {
    @Test func oneOfTheNumbers() async throws {
        let entries = (1...100).map { entry($0, "m", module: "m\($0 % 2)", context: ["x": String($0 * 10)]) }
        try await expectBothWays(
            "| stats quantile(0, x), quantile(0.5, x), quantile(0.95, x), quantile(1, x), quantile(0.5, none)",
            [["10", "500", "950", "1000", "-"]], of: entries)
        try await expectBothWays(
            "| stats quantile(1, x) by module", [["m0", "1000"], ["m1", "990"]], of: entries)
    }
}
