import LogDB

/// The rows of a scan: where every answer that is not counted by the engine begins.
final class ScanSource: RowSource {
    private var iterator: EntryScan.AsyncIterator

    init(_ scan: EntryScan) { iterator = scan.makeAsyncIterator() }

    func next(isolation: isolated (any Actor)?) async throws -> RowBatch? {
        while let rows = try await iterator.next(isolation: isolation) {
            if !rows.isEmpty { return RowBatch(entries: rows) }
        }
        return nil
    }
}
