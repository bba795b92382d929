public import LogDB
public import LogModel

/// How many entries a query finds in each stretch of time.
public struct Histogram: Sendable {
    public struct Bucket: Sendable, Equatable {
        /// Where it starts.
        public var time: Timestamp
        public var count: UInt64
        /// The count of each value, in the order of the values; missing last. Empty where none was asked for.
        public var values: [ValueCount]
    }

    public struct ValueCount: Sendable, Equatable {
        /// Nil: entries that have no value.
        public var value: [UInt8]?
        public var count: UInt64
    }

    /// The width of a bucket, in microseconds. Days and longer may differ by an hour where clocks change.
    public var step: Int64
    /// What is covered, its open sides closed.
    public var range: TimeRange
    /// One after the other, those without entries included. The first may start before the range.
    public var buckets: [Bucket]
    public var statistics: ScanStatistics
    public var warnings: [QueryWarning]
}
