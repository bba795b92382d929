import LogDB
import LogModel
import Testing

@testable import Query

@Suite struct TimeBucketsTests {
    private let hour: Int64 = 3_600_000_000
    private let day = Timestamp.microsecondsPerDay
    private let berlin = QueryZone(named: "Europe/Berlin")!

    private func starts(_ step: Int64, _ zone: QueryZone, _ range: TimeRange) -> [String] {
        let buckets = TimeBuckets(step: step, zone: zone, range: range)
        var starts: [String] = []
        var start = buckets.start(of: range.since)
        while start < range.until {
            starts.append(String(start.description.prefix(16)))
            start = buckets.next(after: start)
        }
        return starts
    }

    @Test func alignedToTheZone() {
        let some = range("2025-01-03T01:30Z", "2025-01-03T02:10Z")
        #expect(starts(hour, .utc, some) == ["2025-01-03T01:00", "2025-01-03T02:00"])
        #expect(starts(hour, QueryZone(minutes: 330), some) == ["2025-01-03T01:30"])
        #expect(starts(day, QueryZone(minutes: 330), some) == ["2025-01-02T18:30"])
        #expect(starts(day, berlin, some) == ["2025-01-02T23:00"])
        #expect(starts(7 * day, .utc, some) == ["2024-12-30T00:00"])
        #expect(starts(7 * day, berlin, some) == ["2024-12-29T23:00"])
    }

    @Test func daysFollowTheClock() {
        #expect(
            starts(day, berlin, range("2025-03-29T12:00Z", "2025-03-31T12:00Z"))
                == ["2025-03-28T23:00", "2025-03-29T23:00", "2025-03-30T22:00"])
        #expect(
            starts(6 * hour, berlin, range("2025-10-25T22:00Z", "2025-10-26T11:00Z"))
                == ["2025-10-25T22:00", "2025-10-26T05:00"])
    }

    @Test func theRepeatedHourIsTwo() {
        #expect(
            starts(hour, berlin, range("2025-10-25T23:00Z", "2025-10-26T02:00Z"))
                == ["2025-10-25T23:00", "2025-10-26T00:00", "2025-10-26T01:00"])
    }

    @Test func piecesHaveOneOffsetEach() {
        let some = range("2025-03-29T12:00Z", "2025-03-31T12:00Z")
        let pieces = TimeBuckets(step: day, zone: berlin, range: some).pieces(of: some)
        #expect(
            pieces.map(\.range) == [
                range("2025-03-29T12:00Z", "2025-03-30T01:00Z"), range("2025-03-30T01:00Z", "2025-03-31T12:00Z"),
            ])
        #expect(
            pieces.map(\.key) == [.timeBucket(step: day, offset: 23 * hour), .timeBucket(step: day, offset: 22 * hour)])
        #expect(TimeBuckets(step: hour, zone: berlin, range: some).pieces(of: some).count == 1)
    }

    @Test func aKeyBeforeItsPieceIsOfThatPiece() {
        let some = range("2025-03-29T12:00Z", "2025-03-31T12:00Z")
        let buckets = TimeBuckets(step: day, zone: berlin, range: some)
        // Of the piece after the change the engine's first day begins at 22:00, which the clock showed as 23:00.
        let key = time("2025-03-29T22:00Z").microseconds
        #expect(buckets.start(ofKey: key, since: time("2025-03-30T01:00Z")) == time("2025-03-29T23:00Z"))
    }

    @Test func extremesDoNotOverflow() {
        let buckets = TimeBuckets(step: hour, zone: .utc, range: .all)
        #expect(buckets.start(of: TimeRange.all.since) <= Timestamp(microseconds: .min + hour))
        #expect(buckets.next(after: TimeRange.all.until) == TimeRange.all.until)
    }

    @Test(
        arguments: [
            ("2025-01-03T10:00Z", "2025-01-03T11:00Z", 60_000_000),
            ("2025-01-03T10:00Z", "2025-01-04T10:00Z", 1_800_000_000),
            ("2025-01-03T10:00Z", "2025-01-10T10:00Z", 10_800_000_000),
            ("2025-01-03T10:00Z", "2025-01-03T10:00:00.000010Z", 1),
            ("2024-01-03T10:00Z", "2025-01-03T10:00Z", 604_800_000_000),
        ] as [(String, String, Int64)])
    func chosenSteps(since: String, until: String, step: Int64) {
        let some = range(since, until)
        #expect(TimeBuckets.chosenStep(for: some) == step)
        let count = (some.until.microseconds - some.since.microseconds) / step
        #expect(count < 75)
    }

    @Test func aChosenStepFitsAnyRange() {
        #expect(TimeBuckets.chosenStep(for: .all) > 0)
    }
}
