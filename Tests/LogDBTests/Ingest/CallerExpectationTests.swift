import Testing

@testable import LogDB

struct CallerExpectationTests {
    @Test func aLoneCallerWaitsForNobody() {
        var expectation = CallerExpectation()
        #expect(expectation.count(waiting: 1) == 1)
        expectation.didCommit(answered: 1, waiting: 0)
        #expect(expectation.count(waiting: 1) == 1)
    }

    @Test func twoThatTakeTurnsAreBroughtTogether() {
        var expectation = CallerExpectation()
        // One was answered while the other waited.
        expectation.didCommit(answered: 1, waiting: 1)
        #expect(expectation.count(waiting: 1) == 2)
        expectation.didWait(haveCome: true)
        // Both were answered, and one is back.
        expectation.didCommit(answered: 2, waiting: 0)
        #expect(expectation.count(waiting: 1) == 2)
        #expect(expectation.count(waiting: 2) == 2)
    }

    @Test func manyCallersNeedNoWait() {
        var expectation = CallerExpectation()
        expectation.didCommit(answered: 20, waiting: 20)
        #expect(expectation.count(waiting: 20) == 20)
    }

    @Test func waitsInVainBecomeRareAndAWaitThatIsNotMakesThemFrequent() {
        var expectation = CallerExpectation()
        func waitCount(of commits: Int, haveCome: Bool) -> Int {
            var count = 0
            for _ in 0..<commits {
                expectation.didCommit(answered: 1, waiting: 1)
                if expectation.count(waiting: 1) > 1 {
                    count += 1
                    expectation.didWait(haveCome: haveCome)
                }
            }
            return count
        }
        #expect(waitCount(of: 10_000, haveCome: false) < 25)
        // The next one is tried after a rest, and from then on all.
        #expect(waitCount(of: 2_000, haveCome: true) > 900)
    }
}
