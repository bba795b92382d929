public import LogDB
public import LogModel

/// What a caller adds to a query's text.
public struct QueryContext: Sendable {
    /// The moment that `now`, durations and `today` are counted from.
    public var now: Timestamp
    /// The range when neither the text nor `additionalRange` says any. Nil: everything.
    public var defaultRange: TimeRange?
    /// Each must hold as well.
    public var additionalFilters: [Filter]
    /// A range that applies as well, as if the text had one more time clause.
    public var additionalRange: TimeRange?
    /// The order of the entries as long as no pipe sorts them.
    public var order: ScanOrder
    /// How many rows one answer has at most; what follows is reached by its cursor. Nil: all of them, without cursor.
    public var rowLimit: Int?
    /// Where to go on: the cursor of an answer to the same text, filters and order.
    public var cursor: Cursor?
    /// When the query ends with `LogError.Code.timeBudget`. Nil: never.
    public var deadline: ContinuousClock.Instant?
    /// How much memory the query may use for sorting, counting and scanning each, in bytes.
    public var memoryByteCountMax: Int

    public init(
        now: Timestamp, defaultRange: TimeRange? = nil, additionalFilters: [Filter] = [],
        additionalRange: TimeRange? = nil, order: ScanOrder = .newestFirst, rowLimit: Int? = nil,
        cursor: Cursor? = nil, deadline: ContinuousClock.Instant? = nil, memoryByteCountMax: Int = 64 << 20
    ) {
        self.now = now
        self.defaultRange = defaultRange
        self.additionalFilters = additionalFilters
        self.additionalRange = additionalRange
        self.order = order
        self.rowLimit = rowLimit
        self.cursor = cursor
        self.deadline = deadline
        self.memoryByteCountMax = memoryByteCountMax
    }
}
