/// A moment: microseconds since 1970-01-01T00:00:00Z, leap seconds not counted (as POSIX time).
///
/// Every `Int64` is a valid moment; the calendar below covers them all (proleptic Gregorian).
public struct Timestamp: Hashable, Comparable, Sendable {
    public var microseconds: Int64

    @inlinable public init(microseconds: Int64) { self.microseconds = microseconds }

    @inlinable public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microseconds < right.microseconds
    }

    public static let microsecondsPerSecond: Int64 = 1_000_000
    public static let microsecondsPerDay: Int64 = 86_400 * 1_000_000

    /// The UTC day that contains the moment, counted from 1970-01-01 (negative before).
    @inlinable public var day: Int64 {
        let (quotient, remainder) = microseconds.quotientAndRemainder(dividingBy: 86_400 * 1_000_000)
        return remainder < 0 ? quotient - 1 : quotient
    }
}

/// A date and a time of day in UTC. The conversions are Howard Hinnant's `days_from_civil` and `civil_from_days`
/// (http://howardhinnant.github.io/date_algorithms.html), which hold for every year.
public struct CivilTime: Hashable, Sendable {
    public var year: Int64
    public var month: Int
    public var day: Int
    public var hour: Int
    public var minute: Int
    public var second: Int
    public var microsecond: Int

    public init(
        year: Int64, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0, microsecond: Int = 0
    ) {
        self.year = year
        self.month = month
        self.day = day
        self.hour = hour
        self.minute = minute
        self.second = second
        self.microsecond = microsecond
    }

    public init(_ time: Timestamp) {
        let days = time.day
        // Wrapping: the first day of the range starts before `Int64.min`, yet the difference is always within a day.
        let inDay = time.microseconds &- days &* Timestamp.microsecondsPerDay
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = Int(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
        month = Int(shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9)
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let seconds = inDay / 1_000_000
        hour = Int(seconds / 3_600)
        minute = Int(seconds / 60 % 60)
        second = Int(seconds % 60)
        microsecond = Int(inDay % 1_000_000)
    }

    /// Whether every part is within its bounds, the day within its month.
    public var isValid: Bool {
        guard (1...12).contains(month), (0...23).contains(hour), (0...59).contains(minute), (0...59).contains(second),
            (0...999_999).contains(microsecond)
        else { return false }
        return day >= 1 && day <= CivilTime.dayCount(year: year, month: month)
    }

    public static func dayCount(year: Int64, month: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970-01-01.
    public var daysSinceEpoch: Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let shiftedMonth = Int64(month > 2 ? month - 3 : month + 9)
        let dayOfYear = (153 * shiftedMonth + 2) / 5 + Int64(day) - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// The moment, or nil where it lies outside what a `Timestamp` holds (about the years -290,000 to 294,000).
    public var timestamp: Timestamp? {
        var days = daysSinceEpoch
        var inDay = Int64(hour * 3_600 + minute * 60 + second) * 1_000_000 + Int64(microsecond)
        if days < 0 {
            // From the day's end: the first day of the range starts before `Int64.min`.
            days += 1
            inDay -= Timestamp.microsecondsPerDay
        }
        let (start, overflow) = days.multipliedReportingOverflow(by: Timestamp.microsecondsPerDay)
        let (total, carry) = start.addingReportingOverflow(inDay)
        return overflow || carry ? nil : Timestamp(microseconds: total)
    }
}
