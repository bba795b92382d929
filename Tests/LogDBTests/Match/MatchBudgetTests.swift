import Testing

@testable import LogDB

@Suite struct MatchBudgetTests {
    private static func spin() -> Bool {
        let end = ContinuousClock.now + .milliseconds(1)
        while ContinuousClock.now < end {}
        return true
    }

    private static func budget(deadline: ContinuousClock.Instant?) -> MatchBudget {
        MatchBudget(CancellationFlag(), deadline: deadline, slowTimeMax: .milliseconds(2))
    }

    /// A large expression that takes far longer a byte than is right ends the query, long before its deadline.
    @Test func slowExpressionsEnd() {
        var budget = Self.budget(deadline: .now + .seconds(1_000))
        var count = 0
        while budget.match(10, instructionCount: 1_000, Self.spin) == true { count += 1 }
        #expect((0...2).contains(count))
        #expect(budget.failure?.code == .timeBudget)
        #expect(budget.failure?.message.contains("regular expression") == true)
        #expect(budget.match(10, instructionCount: 1, Self.spin) == nil)
    }

    /// Small ones, large texts, and queries that may take any time are not slow.
    @Test func othersGoOn() {
        var budget = Self.budget(deadline: .now + .seconds(1_000))
        for _ in 0..<8 {
            #expect(budget.match(10, instructionCount: 20, Self.spin) == true)
            #expect(budget.match(100_000_000, instructionCount: 1_000, Self.spin) == true)
        }
        var endless = Self.budget(deadline: nil)
        for _ in 0..<8 { #expect(endless.match(10, instructionCount: 1_000, Self.spin) == true) }
    }

    /// The more work, the sooner the deadline is seen.
    @Test func theDeadlineIsSeen() {
        var small = Self.budget(deadline: .now - .seconds(1))
        #expect(small.match(100, instructionCount: 10) { true } == true)
        var large = Self.budget(deadline: .now - .seconds(1))
        #expect(large.match(1_000, instructionCount: 5_000) { true } == nil)
        #expect(large.failure?.code == .timeBudget)
    }
}
