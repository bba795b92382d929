import Testing

@testable import Server

@Suite struct ByteBudgetTests {
    @Test func whoComesFirstIsServedFirst() async {
        let budget = ByteBudget(byteCountMax: 100)
        #expect(await budget.take(80, within: .seconds(60)))
        let large = Task { await budget.take(90, within: .seconds(60)) }
        while budget.waiterCount < 1 { await Task.yield() }
        // Ten are free, but the large one was first.
        let small = Task { await budget.take(10, within: .seconds(60)) }
        while budget.waiterCount < 2 { await Task.yield() }
        #expect(budget.freeByteCount == 20)
        budget.give(back: 80)
        #expect(await large.value)
        #expect(await small.value)
        #expect(budget.freeByteCount == 0)
    }

    @Test func waitingEnds() async {
        let budget = ByteBudget(byteCountMax: 10)
        #expect(await budget.take(10, within: .zero))
        #expect(await !budget.take(1, within: .milliseconds(1)))
        let cancelled = Task { await budget.take(1, within: .seconds(600)) }
        while budget.waiterCount < 1 { await Task.yield() }
        cancelled.cancel()
        #expect(await !cancelled.value)
        budget.give(back: 10)
        #expect(budget.freeByteCount == 10)
    }

    @Test func oneThatGivesUpLetsOthersPass() async {
        let budget = ByteBudget(byteCountMax: 100)
        #expect(await budget.take(50, within: .zero))
        let large = Task { await budget.take(90, within: .seconds(600)) }
        while budget.waiterCount < 1 { await Task.yield() }
        let small = Task { await budget.take(10, within: .seconds(600)) }
        while budget.waiterCount < 2 { await Task.yield() }
        large.cancel()
        #expect(await small.value)
        #expect(await !large.value)
    }

    @Test func reservationsGiveBackWhatTheyHold() async throws {
        let budget = ByteBudget(byteCountMax: 100)
        var reservation = Reservation(budget, wait: .zero)
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
