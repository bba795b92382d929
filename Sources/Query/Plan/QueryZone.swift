import Foundation
import LogModel

/// The time zone in which dates begin, days and weeks are cut, and answers are labelled.
struct QueryZone: Sendable {
    private enum Rule: Sendable {
        /// Microseconds east of UTC.
        case fixed(Int64)
        case named(TimeZone)
    }

    /// As it was written: `UTC`, `+03:00` or `Europe/Berlin`.
    let name: String
    private let rule: Rule

    static let utc = QueryZone(name: "UTC", rule: .fixed(0))

    private init(name: String, rule: Rule) {
        self.name = name
        self.rule = rule
    }

    init(minutes: Int) {
        self.init(name: minutes == 0 ? "UTC" : Printer.offset(minutes), rule: .fixed(Int64(minutes) * 60_000_000))
    }

    /// Nil where the IANA database of this machine has no such zone.
    init?(named name: String) {
        guard QueryZone.names.contains(name), let zone = TimeZone(identifier: name) else { return nil }
        self.init(name: name, rule: .named(zone))
    }

    /// The identifiers of the IANA database, and the few other names in common use.
    static let names: Set<String> = Set(TimeZone.knownTimeZoneIdentifiers).union([
        "GMT", "Etc/UTC", "Etc/GMT", "CET", "EET", "MET", "WET", "EST", "MST", "HST", "EST5EDT", "CST6CDT", "MST7MDT",
        "PST8PDT", "Europe/Kyiv", "Europe/Kiev", "Asia/Kolkata", "Asia/Calcutta",
    ])

    /// Whether the offset is the same at every moment.
    var isFixed: Bool {
        if case .fixed = rule { true } else { false }
    }

    /// Microseconds east of UTC at a moment.
    func offset(at time: Timestamp) -> Int64 {
        switch rule {
        case .fixed(let offset): return offset
        case .named(let zone):
            let seconds = Date(timeIntervalSince1970: (Double(time.microseconds) / 1_000_000).rounded(.down))
            return Int64(zone.secondsFromGMT(for: seconds)) * 1_000_000
        }
    }

    /// What a clock in the zone shows, as if it were UTC.
    func local(_ time: Timestamp) -> Timestamp {
        Timestamp(microseconds: time.microseconds.saturating(adding: offset(at: time)))
    }

    /// The first moment at which a clock in the zone shows `local`. A time of day that a change of the clock skips is
    /// the moment as long after the change.
    func moment(ofLocal local: Timestamp) -> Timestamp {
        let day = Timestamp.microsecondsPerDay
        let before = offset(at: Timestamp(microseconds: local.microseconds.saturating(adding: -day)))
        let after = offset(at: Timestamp(microseconds: local.microseconds.saturating(adding: day)))
        for offset in [max(before, after), min(before, after)] {
            let moment = Timestamp(microseconds: local.microseconds.saturating(adding: -offset))
            if self.offset(at: moment) == offset { return moment }
        }
        return Timestamp(microseconds: local.microseconds.saturating(adding: -before))
    }

    /// Where the offset changes within `range`, in order. At most `countMax` of them; a range with more has none that
    /// a person would read by the hour.
    func changes(in range: TimeRange, countMax: Int = 1_000) -> [Timestamp] {
        guard case .named(let zone) = rule, !range.isEmpty else { return [] }
        var changes: [Timestamp] = []
        var date = Date(timeIntervalSince1970: Double(range.since.microseconds) / 1_000_000)
        while changes.count < countMax, let next = zone.nextDaylightSavingTimeTransition(after: date) {
            let time = Timestamp(microseconds: Int64(next.timeIntervalSince1970.rounded()) * 1_000_000)
            guard next > date, time < range.until else { break }
            if time > range.since { changes.append(time) }
            date = next
        }
        return changes
    }
}

extension Int64 {
    /// The sum, or the bound that it would pass.
    func saturating(adding other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }

    /// The remainder that is never negative.
    func floorRemainder(_ divisor: Int64) -> Int64 {
        let remainder = self % divisor
        return remainder < 0 ? remainder + divisor : remainder
    }
}
