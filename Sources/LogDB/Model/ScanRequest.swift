public import LogModel

/// The order of a scan, by (time, device, session, sequence); devices and sessions by the bytes of their names.
public enum ScanOrder: Sendable, Hashable {
    case newestFirst
    case oldestFirst
}

/// What a scan reads.
public struct ScanRequest: Sendable {
    public var range: TimeRange
    public var filter: Filter
    public var order: ScanOrder
    /// Stop after this many rows. Nil: all of them.
    public var limit: Int?
    /// Answer only with rows that come after this one in the scan's order; the row itself need not exist any more.
    public var after: EntryKey?
    /// The fields that the rows are to have. Identifiers, messages and attributes that are not among them are not read, and
    /// empty in the rows; the others are always there. Nil: all of them.
    public var fields: Set<Field>?
    /// How much memory the scan may use beside its fixed buffers, in bytes.
    public var memoryByteCountMax: Int
    /// When the scan ends with `timeBudget`. Nil: never.
    public var deadline: ContinuousClock.Instant?

    public init(
        range: TimeRange = .all, filter: Filter = .everything, order: ScanOrder = .newestFirst, limit: Int? = nil,
        after: EntryKey? = nil, fields: Set<Field>? = nil, memoryByteCountMax: Int = 32 << 20,
        deadline: ContinuousClock.Instant? = nil
    ) {
        self.range = range
        self.filter = filter
        self.order = order
        self.limit = limit
        self.after = after
        self.fields = fields
        self.memoryByteCountMax = memoryByteCountMax
        self.deadline = deadline
    }
}

/// One dimension that an aggregation groups by.
public enum GroupKey: Hashable, Sendable {
    /// A field's value; entries without it form the group whose value is nil.
    case field(Field)
    /// The start of the time bucket, `step` µs wide, whose boundaries lie at `offset` plus multiples of `step`.
    case timeBucket(step: Int64, offset: Int64)
}

/// A group's value in one dimension.
public enum GroupValue: Hashable, Sendable {
    case missing
    case text([UInt8])
    case time(Int64)
}

/// What an aggregation counts.
public struct AggregateRequest: Sendable {
    public var range: TimeRange
    public var filter: Filter
    public var keys: [GroupKey]
    /// How many groups there may be before the aggregation ends with `memoryBudget`.
    public var groupCountMax: Int
    public var deadline: ContinuousClock.Instant?

    public init(
        range: TimeRange = .all, filter: Filter = .everything, keys: [GroupKey] = [],
        groupCountMax: Int = 500_000, deadline: ContinuousClock.Instant? = nil
    ) {
        self.range = range
        self.filter = filter
        self.keys = keys
        self.groupCountMax = groupCountMax
        self.deadline = deadline
    }
}

/// The counts of an aggregation, in no order. Without keys there is one group, also when its count is 0.
public struct AggregateResult: Sendable {
    public struct Group: Sendable {
        public var values: [GroupValue]
        public var count: UInt64
    }

    public var groups: [Group]
    public var statistics: ScanStatistics
}

/// What a scan did.
public struct ScanStatistics: Sendable, Equatable {
    /// Blocks in the snapshot that was read; the head's parts count as blocks.
    public var blocksTotal = 0
    public var blocksPrunedByTime = 0
    public var blocksPrunedByStream = 0
    public var blocksPrunedByLevel = 0
    /// By what the summary knows of modules and context keys.
    public var blocksPrunedByMetadata = 0
    public var blocksPrunedByIndex = 0
    /// Blocks of which at least one column was read.
    public var blocksRead = 0
    /// Blocks that their summary alone answered.
    public var blocksAnsweredByMetadata = 0
    /// Rows on which the filter was evaluated.
    public var rowsScanned = 0
    /// Rows that the filter kept.
    public var rowsMatched = 0
    /// Bytes of columns after decompression.
    public var bytesDecompressed = 0
    /// Bytes of columns fetched from storage, compressed.
    public var bytesFetched = 0
    /// Bytes that were fetched from the cold tier, what was fetched ahead among them.
    public var coldBytesFetched = 0
    /// The segments whose objects in the cold tier were read.
    public var coldSegments: Set<UInt64> = []
    /// Blocks that could not be read because their bytes are damaged: the answer is partial.
    public var blocksDamaged = 0

    public init() {}
}
