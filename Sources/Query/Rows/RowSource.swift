import LogDB
import LogModel

/// A stream of rows that is pulled: an operator of the plan, or the scan below them all.
protocol RowSource: AnyObject {
    /// The next rows, at most `RowChunk.rowCountMax`, never none. Nil at the end, and from then on.
    func next(isolation: isolated (any Actor)?) async throws -> Rows?
}

enum RowChunk {
    /// How many rows travel at a time between operators.
    static let rowCountMax = 1_024
}

/// The rows of a scan.
final class ScanSource: RowSource {
    private let scan: EntryScan
    private var iterator: EntryScan.AsyncIterator
    /// Entries committed after this one are left out. Nil: none are.
    private let sequenceMax: UInt64?
    /// The latest commit position among the rows so far.
    private(set) var sequenceSeen: UInt64 = 0

    init(_ scan: EntryScan, sequenceMax: UInt64? = nil) {
        self.scan = scan
        iterator = scan.makeAsyncIterator()
        self.sequenceMax = sequenceMax
    }

    var statistics: ScanStatistics { scan.statistics() }

    func next(isolation: isolated (any Actor)?) async throws -> Rows? {
        while let rows = try await iterator.next(isolation: isolation) {
            let kept = sequenceMax.map { bound in rows.keys.indices.filter { rows.keys[$0].sequence <= bound } }
            guard let kept, kept.count < rows.count else {
                if rows.isEmpty { continue }
                note(rows)
                return rows
            }
            if kept.isEmpty { continue }
            var rest = Rows()
            for index in kept { rest.append(index, of: rows) }
            note(rest)
            return rest
        }
        return nil
    }

    private func note(_ rows: Rows) {
        for key in rows.keys { sequenceSeen = max(sequenceSeen, key.sequence) }
    }
}
