public import LogModel

/// Entries that a scan found, in its order.
public struct Rows: Sendable {
    public var batch = Batch()
    /// The identity of each entry.
    public var keys: [EntryKey] = []
    /// The server's receive time of each entry, in microseconds since the epoch.
    public var received: [Int64] = []

    public init() {}

    @inlinable public var count: Int { keys.count }
    @inlinable public var isEmpty: Bool { keys.isEmpty }

    /// Copies row `index` of `other` to the end.
    public mutating func append(_ index: Int, of other: Rows) {
        batch.append(index, of: other.batch)
        keys.append(other.keys[index])
        received.append(other.received[index])
    }
}
