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

    /// Copies rows of `other` to the end, in this order.
    public mutating func append(_ indexes: some Collection<Int>, of other: Rows) {
        batch.append(indexes, of: other.batch)
        for index in indexes { keys.append(other.keys[index]) }
        for index in indexes { received.append(other.received[index]) }
    }

    /// Removes the rows from number `count` on.
    public mutating func truncate(to count: Int) {
        batch.truncate(to: count)
        keys.removeLast(keys.count - min(keys.count, count))
        received.removeLast(received.count - min(received.count, count))
    }

    /// The rows at `indexes`, in that order, with the strings of all: for rows that travel on, not for rows that are kept.
    public func gathering(_ indexes: some Collection<Int>) -> Rows {
        var gathered = Rows()
        gathered.batch = batch.gathering(indexes)
        gathered.keys = indexes.map { keys[$0] }
        gathered.received = indexes.map { received[$0] }
        return gathered
    }
}
