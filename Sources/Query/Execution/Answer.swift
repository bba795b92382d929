public import LogDB

/// What a query answers with.
public enum Answer: Sendable {
    case entries(EntryAnswer)
    case table(TableAnswer)
}

/// An answer made of computed rows.
public struct TableAnswer: Sendable {
    public var columns: [String]
    /// Each has a value for every column.
    public var rows: [[Value]]
    /// Where the next page begins; nil at the end.
    public var nextCursor: Cursor?
    public var statistics: ScanStatistics
    /// The query's warnings, and those that depend on what was found.
    public var warnings: [QueryWarning]
}
