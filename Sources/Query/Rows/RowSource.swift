import LogDB

/// A stream of rows that is pulled: an operator of the plan, or what stands below them all.
protocol RowSource: AnyObject {
    /// The next rows, at most about `RowChunk.rowCountMax`, never none. Nil at the end, and from then on.
    func next(isolation: isolated (any Actor)?) async throws -> RowBatch?
}

enum RowChunk {
    /// How many rows travel at a time between operators.
    static let rowCountMax = 1_024
}

/// Rows that are there already, in chunks.
final class HeldRows: RowSource {
    private var rows: RowBatch
    private var position = 0

    init(_ rows: RowBatch) { self.rows = rows }

    func next(isolation: isolated (any Actor)?) async throws -> RowBatch? {
        guard position < rows.count else { return nil }
        let start = position
        position = min(rows.count, start + RowChunk.rowCountMax)
        return rows.slice(start..<position)
    }
}
