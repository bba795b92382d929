import LogDB
import LogModel

/// Cuts time into buckets of one width whose boundaries fit the clock of a zone.
struct TimeBuckets: Sendable {
    private static let hour: Int64 = 3_600_000_000
    private static let week = 7 * Timestamp.microsecondsPerDay

    /// Microseconds.
    let step: Int64
    let zone: QueryZone
    /// Where the boundaries lie, modulo the step, while the zone's offset is that of the range's start.
    private let origin: Int64
    /// Moments within the range at which the offset changes, where buckets are longer than that could be ignored.
    private let changes: [Timestamp]

    init(step: Int64, zone: QueryZone, range: TimeRange) {
        self.step = step
        self.zone = zone
        // Before 1970 zones had odd local times that no bucket of this century should be aligned to.
        let since = max(range.since, Timestamp(microseconds: 0))
        origin = TimeBuckets.origin(step, zone.offset(at: since))
        // Clocks change by whole or half hours: a bucket of an hour or less keeps its boundaries, and the hour that is
        // repeated keeps its two places. A longer one is cut by what the clock shows.
        changes = step > TimeBuckets.hour ? zone.changes(in: TimeRange(since: since, until: range.until)) : []
    }

    /// Whether the clock of the zone may change within a bucket of this step, so that an open range must be closed
    /// before it is cut.
    static func needsClosedRange(step: Int64, zone: QueryZone) -> Bool { step > hour && !zone.isFixed }

    private static func origin(_ step: Int64, _ offset: Int64) -> Int64 {
        // 1970-01-01 was a Thursday; weeks start on Monday.
        let monday = step % week == 0 ? 4 * Timestamp.microsecondsPerDay : 0
        return (monday - offset).floorRemainder(step)
    }

    /// Ranges that make up `range`, each with a key to group it by and one rule from the key's values to buckets.
    func pieces(of range: TimeRange) -> [(range: TimeRange, key: GroupKey)] {
        var pieces: [(range: TimeRange, key: GroupKey)] = []
        var since = range.since
        for until in changes + [range.until] {
            let offset = changes.isEmpty ? origin : TimeBuckets.origin(step, zone.offset(at: since))
            pieces.append((TimeRange(since: since, until: until), .timeBucket(step: step, offset: offset)))
            since = until
        }
        return pieces
    }

    /// The start of the bucket that `time` lies in.
    func start(of time: Timestamp) -> Timestamp {
        if changes.isEmpty {
            // Taken apart, so that no sum leaves what an Int64 holds.
            let excess = (time.microseconds.floorRemainder(step) - origin).floorRemainder(step)
            return Timestamp(microseconds: time.microseconds.saturating(adding: -excess))
        }
        let local = zone.local(time).microseconds
        let excess = (local.floorRemainder(step) - TimeBuckets.origin(step, 0)).floorRemainder(step)
        return zone.moment(ofLocal: Timestamp(microseconds: local.saturating(adding: -excess)))
    }

    /// The bucket that the engine's `key`, found in a piece that begins at `since`, belongs to. A key may lie before its
    /// piece, where the clock showed something else; the entries counted under it do not.
    func start(ofKey key: Int64, since: Timestamp) -> Timestamp {
        start(of: max(Timestamp(microseconds: key), since))
    }

    /// The start of the bucket after the one that starts at `start`.
    func next(after start: Timestamp) -> Timestamp {
        if changes.isEmpty { return Timestamp(microseconds: start.microseconds.saturating(adding: step)) }
        let local = zone.local(start).microseconds
        return zone.moment(ofLocal: Timestamp(microseconds: local.saturating(adding: step)))
    }

    /// The round step that cuts `range` into about 60 buckets, at most 75.
    static func chosenStep(for range: TimeRange) -> Int64 {
        let (length, overflow) = range.until.microseconds.subtractingReportingOverflow(range.since.microseconds)
        guard !overflow else { return roundSteps[roundSteps.count - 1] }
        return roundSteps.first { length / $0 < 75 } ?? roundSteps[roundSteps.count - 1]
    }

    private static let roundSteps: [Int64] = {
        let small = [1, 10, 100, 1_000, 10_000, 100_000].flatMap { [$0, $0 * 2, $0 * 5] }.map(Int64.init)
        let seconds: [Int64] = [
            1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200,
        ]
        let days: [Int64] = [1, 2, 7, 14, 28, 91, 364, 3_640, 36_400, 364_000]
        return small + seconds.map { $0 * 1_000_000 } + days.map { $0 * Timestamp.microsecondsPerDay }
    }()
}
