import Testing

@testable import Server

@Suite struct ByteBudgetTests {
    private static func take(_ byteCount: Int, of budget: ByteBudget, within wait: Duration) async -> Bool {
        await budget.take(byteCount, for: budget.makeHolder(), most: byteCount, within: wait)
    }

    @Test func whoComesFirstIsServedFirst() async {
        let budget = ByteBudget(byteCountMax: 100)
        let first = budget.makeHolder()
        #expect(await budget.take(80, for: first, most: 80, within: .seconds(60)))
        let large = Task { await Self.take(90, of: budget, within: .seconds(60)) }
        while budget.waiterCount < 1 { await Task.yield() }
        // Ten are free, but the large one was first.
        let small = Task { await Self.take(10, of: budget, within: .seconds(60)) }
        while budget.waiterCount < 2 { await Task.yield() }
        #expect(budget.freeByteCount == 20)
        budget.give(back: 80, from: first)
        #expect(await large.value)
        #expect(await small.value)
        #expect(budget.freeByteCount == 0)
    }

    @Test func waitingEnds() async {
        let budget = ByteBudget(byteCountMax: 10)
        let first = budget.makeHolder()
        #expect(await budget.take(10, for: first, most: 10, within: .zero))
        #expect(await !Self.take(1, of: budget, within: .milliseconds(1)))
        let cancelled = Task { await Self.take(1, of: budget, within: .seconds(600)) }
        while budget.waiterCount < 1 { await Task.yield() }
        cancelled.cancel()
        #expect(await !cancelled.value)
        budget.give(back: 10, from: first)
        #expect(budget.freeByteCount == 10)
    }

    @Test func oneThatGivesUpLetsOthersPass() async {
        let budget = ByteBudget(byteCountMax: 100)
        #expect(await Self.take(50, of: budget, within: .zero))
        let large = Task { await Self.take(90, of: budget, within: .seconds(600)) }
        while budget.waiterCount < 1 { await Task.yield() }
        let small = Task { await Self.take(10, of: budget, within: .seconds(600)) }
        while budget.waiterCount < 2 { await Task.yield() }
        large.cancel()
        #expect(await small.value)
        #expect(await !large.value)
    }

    /// Four take pieces of what would be too much together; each waits while it holds some, and all of them end.
    @Test func holdersOfPartsNeverWaitForEachOtherForEver() async {
        let budget = ByteBudget(byteCountMax: 100)
        let finished = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    var reservation = Reservation(budget, most: 60, wait: .seconds(600))
                    defer { reservation.release() }
                    for byteCount in stride(from: 10, through: 60, by: 10) {
                        guard (try? await reservation.grow(to: byteCount)) != nil else { return false }
                        await Task.yield()
                    }
                    return true
                }
            }
            return await group.reduce(into: [Bool]()) { $0.append($1) }
        }
        #expect(finished == Array(repeating: true, count: 4))
        #expect(budget.freeByteCount == 100)
    }

    @Test func whatWouldKeepAllFromEndingIsNotGiven() async {
        let budget = ByteBudget(byteCountMax: 100)
        let (slow, quick) = (budget.makeHolder(), budget.makeHolder())
        #expect(await budget.take(30, for: slow, most: 80, within: .zero))
        #expect(await budget.take(40, for: quick, most: 60, within: .zero))
        // Thirty are free; with twenty of them the slow one would leave too few for either to end.
        let waiting = Task { await budget.take(20, for: slow, most: 80, within: .seconds(600)) }
        while budget.waiterCount < 1 { await Task.yield() }
        // The other passes it, and by ending lets it go on.
        #expect(await budget.take(20, for: quick, most: 60, within: .zero))
        budget.give(back: 60, from: quick)
        #expect(await waiting.value)
        #expect(budget.freeByteCount == 50)
    }

    @Test func oneWaitIsNotTakenForAnother() async {
        let budget = ByteBudget(byteCountMax: 100)
        let (first, second) = (budget.makeHolder(), budget.makeHolder())
        #expect(await budget.take(60, for: first, most: 60, within: .zero))
        let waitingTwice = Task {
            let isFirst = await budget.take(50, for: second, most: 90, within: .seconds(600))
            // The clock of the wait that is over must not end this one.
            let isSecond = await budget.take(40, for: second, most: 90, within: .seconds(600))
            return isFirst && isSecond
        }
        while budget.waiterCount < 1 { await Task.yield() }
        let third = budget.makeHolder()
        let between = Task { await budget.take(40, for: third, most: 40, within: .seconds(600)) }
        while budget.waiterCount < 2 { await Task.yield() }
        budget.give(back: 60, from: first)
        #expect(await between.value)
        for _ in 0..<10_000 { await Task.yield() }
        #expect(budget.waiterCount == 1)
        budget.give(back: 40, from: third)
        #expect(await waitingTwice.value)
    }

    @Test func reservationsGiveBackWhatTheyHold() async throws {
        let budget = ByteBudget(byteCountMax: 100)
        var reservation = Reservation(budget, most: 1_000, wait: .zero)
        try await reservation.grow(to: 60)
        try await reservation.grow(to: 40)
        #expect(budget.freeByteCount == 40)
        // More than there is at all is all there is.
        try await reservation.grow(to: 1_000)
        #expect(budget.freeByteCount == 0)
        reservation.shrink(to: 10)
        #expect(budget.freeByteCount == 90)
        reservation.release()
        #expect(budget.freeByteCount == 100)
    }
}
