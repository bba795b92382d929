import LogModel
import Testing

@testable import Agent

struct BatchPacingTests {
    private let pacing = BatchPacing(count: 100, interval: .seconds(1))

    private func decide(
        _ unread: Int, errors: Int = 0, fatal: Int = 0, age: Duration = .zero, waiting: Int = 0, isEnding: Bool = false
    ) -> BatchPacing.Decision {
        var levels = LevelCounts()
        levels[.error] = errors
        levels[.fatal] = fatal
        levels[.warn] = unread - errors - fatal
        return pacing.decide(unread: levels, oldestAge: age, waitingCount: waiting, isEnding: isEnding)
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

    @Test func takesUrgentEntriesFirstWhereThereIsABacklog() {
        let urgent = BatchPacing.Decision.cutUrgent(countMax: BatchPacing.catchUpCount)
        #expect(decide(5_001, errors: 1) == urgent)
        #expect(decide(5_001, fatal: 1) == urgent)
        #expect(decide(5_001, errors: 5_001) == urgent)
        #expect(decide(5_001, errors: 1, waiting: 1) == urgent)
        #expect(decide(5_001, errors: 1, isEnding: true) == urgent)
        #expect(decide(5_001) == .cut(countMax: BatchPacing.catchUpCount))
        // One batch takes them all.
        #expect(decide(5_000, errors: 1) == .cut(countMax: BatchPacing.catchUpCount))
        #expect(decide(100, errors: 100) == .cut(countMax: 100))
        #expect(decide(5_001, errors: 1, waiting: 2) == .rest)
        let large = BatchPacing(count: 8_000, interval: .seconds(1))
        var levels = LevelCounts()
        levels[.fatal] = 8_000
        let decision = large.decide(unread: levels, oldestAge: .zero, waitingCount: 0, isEnding: false)
        #expect(decision == .cut(countMax: 8_000))
        levels[.debug] = 1
        #expect(
            large.decide(unread: levels, oldestAge: .zero, waitingCount: 0, isEnding: false)
                == .cutUrgent(countMax: 8_000))
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

    @Test func whatIsLeftIsNoYoungerWhenOthersWentBeforeIt() {
        let start = ContinuousClock.now
        var arrivals = ArrivalTimes()
        for index in 0..<3 { arrivals.add(2, at: start + .seconds(index)) }
        arrivals.removeLast(3)
        #expect(arrivals.oldest == start)
        arrivals.remove(2)
        #expect(arrivals.oldest == start + .seconds(1))
        arrivals.removeLast(1)
        #expect(arrivals.oldest == nil)
        arrivals.removeLast(1)
        #expect(arrivals.oldest == nil)
    }
}
