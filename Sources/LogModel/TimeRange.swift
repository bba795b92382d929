/// A half-open stretch of time: `since <= t < until`.
public struct TimeRange: Hashable, Sendable {
    public var since: Timestamp
    public var until: Timestamp

    @inlinable public init(since: Timestamp, until: Timestamp) {
        self.since = since
        self.until = until
    }

    /// Every moment but the last representable one, which no entry carries (`Batch` refuses it).
    public static let all = TimeRange(
        since: Timestamp(microseconds: .min), until: Timestamp(microseconds: .max))

    @inlinable public var isEmpty: Bool { since >= until }

    @inlinable public func contains(_ time: Timestamp) -> Bool { since <= time && time < until }

    @inlinable public func intersection(_ other: TimeRange) -> TimeRange {
        TimeRange(since: max(since, other.since), until: min(until, other.until))
    }
}
