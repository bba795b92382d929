public import LogModel

/// A cell of a table.
public enum Value: Hashable, Sendable {
    case missing
    /// UTF-8 as far as the entries' text is.
    case text([UInt8])
    case integer(Int64)
    case decimal(Double)
    case time(Timestamp)
}
