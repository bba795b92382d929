import LogModel

/// Gives written times their place on the time line.
struct TimeResolver: Sendable {
    /// The moment that `now` and durations are counted from.
    let now: Timestamp
    let zone: QueryZone

    func instant(_ syntax: InstantSyntax) -> Timestamp {
        switch syntax {
        case .ago(let duration): return shifted(now, by: -duration.microseconds)
        case .now(let shift, let snap):
            let moved = shift.map {
                shifted(now, by: $0.isForward ? $0.duration.microseconds : -$0.duration.microseconds)
            }
            return snap.map { rounded(moved ?? now, to: $0) } ?? moved ?? now
        case .moment(let moment): return self.moment(moment)
        case .epoch(let digits):
            let bytes = Array(digits.utf8)
            // The reader has counted the digits; 19 of them may exceed an Int64, which is the last moment there is.
            return bytes.withUnsafeBytes { Timestamp(epochDigits: $0) } ?? Timestamp(microseconds: .max)
        case .today: return rounded(now, to: .day)
        case .yesterday: return startOfDay(-1)
        }
    }

    /// The day from its first moment to the next one's.
    func day(_ syntax: DaySyntax) -> TimeRange {
        switch syntax {
        case .today: return TimeRange(since: startOfDay(0), until: startOfDay(1))
        case .yesterday: return TimeRange(since: startOfDay(-1), until: startOfDay(0))
        case .date(let year, let month, let day):
            let start = CivilTime(year: Int64(year), month: month, day: day).timestamp ?? now
            return TimeRange(
                since: zone.moment(ofLocal: start),
                until: zone.moment(ofLocal: shifted(start, by: Timestamp.microsecondsPerDay)))
        }
    }

    func moment(_ moment: CalendarMoment) -> Timestamp {
        let fraction = ((moment.time?.fraction ?? "") + "000000").prefix(6)
        let civil = CivilTime(
            year: Int64(moment.year), month: moment.month, day: moment.day, hour: moment.time?.hour ?? 0,
            minute: moment.time?.minute ?? 0, second: min(59, moment.time?.second ?? 0),
            microsecond: Int(fraction) ?? 0)
        // Four digits of a year are always within what a Timestamp holds.
        let local = civil.timestamp ?? now
        switch moment.zone {
        case .unstated: return zone.moment(ofLocal: local)
        case .offset(let minutes): return shifted(local, by: -Int64(minutes) * 60_000_000)
        }
    }

    /// The start of the day that is `dayCount` days after today.
    private func startOfDay(_ dayCount: Int64) -> Timestamp {
        let day = zone.local(now).day + dayCount
        return zone.moment(ofLocal: Timestamp(microseconds: day * Timestamp.microsecondsPerDay))
    }

    private func rounded(_ time: Timestamp, to snap: Snap) -> Timestamp {
        let local = zone.local(time).microseconds
        let step: Int64
        // 1970-01-01 was a Thursday; weeks start on Monday.
        var origin: Int64 = 0
        switch snap {
        case .minute: step = 60_000_000
        case .hour: step = 3_600_000_000
        case .day: step = Timestamp.microsecondsPerDay
        case .week:
            step = 7 * Timestamp.microsecondsPerDay
            origin = 4 * Timestamp.microsecondsPerDay
        }
        let excess = (local - origin).floorRemainder(step)
        switch snap {
        // Within an hour the clock does not change, and the hour that it repeats keeps its two places.
        case .minute, .hour: return shifted(time, by: -excess)
        case .day, .week: return zone.moment(ofLocal: Timestamp(microseconds: local - excess))
        }
    }

    func shifted(_ time: Timestamp, by distance: Int64) -> Timestamp {
        Timestamp(microseconds: time.microseconds.saturating(adding: distance))
    }
}
