import Testing

@testable import Agent

struct LinkBudgetTests {
    @Test func eachBatchWaitsUntilThoseBeforeArePaidFor() {
        let budget = LinkBudget(bytesPerSecond: 1_000)
        let start = ContinuousClock.now
        #expect(budget.take(500, now: start) == start)
        #expect(budget.take(2_000, now: start) == start + .milliseconds(500))
        #expect(budget.take(100, now: start + .seconds(1)) == start + .milliseconds(2_500))
        // What was not used is not saved up.
        let later = start + .seconds(100)
        #expect(budget.take(100, now: later) == later)
        #expect(budget.take(100, now: later) == later + .milliseconds(100))
    }
}
