import Testing

@testable import Agent

struct BatchPacingTests {
    private let pacing = BatchPacing(count: 100, interval: .seconds(1))

    private func decide(
        _ unread: Int, age: Duration = .zero, waiting: Int = 0, isEnding: Bool = false
    ) -> BatchPacing.Decision {
        pacing.decide(unreadCount: unread, oldestAge: age, waitingCount: waiting, isEnding: isEnding)
    }

    @Test func cutsByCountAndByTime() {
        #expect(decide(0, age: .seconds(9)) == .rest)
        #expect(decide(1, age: .milliseconds(300)) == .wait(.milliseconds(700)))
        #expect(decide(1, age: .seconds(1)) == .cut(countMax: 100))
        #expect(decide(100) == .cut(countMax: 100))
        #expect(decide(199) == .cut(countMax: 100))
    }

    @Test func takesMoreWhenThereIsMore() {
        #expect(decide(200) == .cut(countMax: BatchPacing.catchUpCount))
        #expect(decide(1_000_000) == .cut(countMax: BatchPacing.catchUpCount))
    }

    @Test func keepsOneReadyAndNoMore() {
        #expect(decide(150, age: .seconds(5), waiting: 1) == .rest)
        #expect(decide(5_000, waiting: 1) == .cut(countMax: BatchPacing.catchUpCount))
        #expect(decide(1_000_000, age: .seconds(5), waiting: 2) == .rest)
    }

    @Test func cutsWhatIsLeftAtTheEnd() {
        #expect(decide(1, isEnding: true) == .cut(countMax: BatchPacing.catchUpCount))
        #expect(decide(1, waiting: 1, isEnding: true) == .cut(countMax: BatchPacing.catchUpCount))
        #expect(decide(0, isEnding: true) == .rest)
    }

    @Test func arrivalsTellHowOldTheFirstIs() {
        let start = ContinuousClock.now
        var arrivals = ArrivalTimes()
        #expect(arrivals.oldest == nil)
        for index in 0..<2_000 { arrivals.add(2, at: start + .seconds(index)) }
        #expect(arrivals.oldest == start)
        arrivals.remove(3)
        #expect(arrivals.oldest == start + .seconds(1))
        arrivals.remove(3_996)
        #expect(arrivals.oldest == start + .seconds(1_023))
        arrivals.remove(1)
        #expect(arrivals.oldest == nil)
    }
}
