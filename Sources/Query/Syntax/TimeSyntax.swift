/// One time clause, lifted out of the filter.
public struct TimeSyntax: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case since(InstantSyntax)
        case until(InstantSyntax)
        case between(InstantSyntax, InstantSyntax)
        case on(DaySyntax)
        /// `within` nil: 30 seconds either way.
        case around(AroundSyntax, within: QueryDuration?)
        case zone(ZoneSyntax)
    }

    public var kind: Kind
    public var span: SourceSpan

    public init(_ kind: Kind, span: SourceSpan = .none) {
        self.kind = kind
        self.span = span
    }
}

/// A moment as it is written.
public enum InstantSyntax: Hashable, Sendable {
    /// This long before now.
    case ago(QueryDuration)
    /// Now, moved and then rounded down.
    case now(Shift?, snap: Snap?)
    case moment(CalendarMoment)
    /// 10, 13, 16 or 19 digits: seconds, milliseconds, microseconds or nanoseconds since the epoch.
    case epoch(String)
    case today
    case yesterday

    public struct Shift: Hashable, Sendable {
        public var isForward: Bool
        public var duration: QueryDuration

        public init(isForward: Bool, _ duration: QueryDuration) {
            self.isForward = isForward
            self.duration = duration
        }
    }
}

/// What an instant is rounded down to. Weeks start on Monday.
public enum Snap: String, Hashable, Sendable, CaseIterable {
    case minute = "m"
    case hour = "h"
    case day = "d"
    case week = "w"
}

public enum DaySyntax: Hashable, Sendable {
    case date(year: Int, month: Int, day: Int)
    case today
    case yesterday
}

public enum AroundSyntax: Hashable, Sendable {
    case instant(InstantSyntax)
    /// The entry with this id.
    case entry(String)
}

/// What `tz:` names.
public enum ZoneSyntax: Hashable, Sendable {
    case utc
    /// East of UTC, in minutes.
    case offset(minutes: Int)
    /// A name of the IANA time zone database.
    case named(String)
}
