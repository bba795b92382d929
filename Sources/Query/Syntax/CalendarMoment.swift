/// A date, or a date and a time of day, as it is written; its zone may be left to the query.
public struct CalendarMoment: Hashable, Sendable {
    public enum Zone: Hashable, Sendable {
        /// None was written: the query's `tz:`, else UTC.
        case unstated
        /// East of UTC, in minutes; `Z` is 0.
        case offset(minutes: Int)
    }

    public struct TimeOfDay: Hashable, Sendable {
        public var hour: Int
        public var minute: Int?
        public var second: Int?
        /// The digits after the point, one to nine. Those past the sixth are cut.
        public var fraction: String?

        public init(hour: Int, minute: Int? = nil, second: Int? = nil, fraction: String? = nil) {
            self.hour = hour
            self.minute = minute
            self.second = second
            self.fraction = fraction
        }
    }

    public var year: Int
    public var month: Int
    public var day: Int
    public var time: TimeOfDay?
    public var zone: Zone

    public init(year: Int, month: Int, day: Int, time: TimeOfDay? = nil, zone: Zone = .unstated) {
        self.year = year
        self.month = month
        self.day = day
        self.time = time
        self.zone = zone
    }

    /// Whether only a date was written.
    public var isDate: Bool { time == nil && zone == .unstated }
}
