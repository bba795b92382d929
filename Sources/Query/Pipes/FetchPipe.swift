import LogDB
import LogModel

/// Reads entries again, with all that is wanted of them, where the operators before worked with a part.
final class FetchPipe: RowSource {
    /// Entries that one scan is asked for.
    private static let keyCountMax = 128

    private let input: any RowSource
    private let fields: Set<Field>?
    private let context: RunContext

    /// - Parameter fields: Nil: all.
    init(_ input: any RowSource, fields: Set<Field>?, context: RunContext) {
        self.input = input
        self.fields = fields
        self.context = context
    }

    func next(isolation: isolated (any Actor)?) async throws -> RowBatch? {
        guard let rows = try await input.next(isolation: isolation) else { return nil }
        guard let keys = rows.entries?.keys else { return rows }
        var fetched = Rows()
        for start in stride(from: 0, to: keys.count, by: Self.keyCountMax) {
            try await fetch(keys[start..<min(start + Self.keyCountMax, keys.count)], into: &fetched, isolation)
        }
        let places = Dictionary(zip(fetched.keys, fetched.keys.indices)) { first, _ in first }
        // An entry of a block that cannot be read is missing, as in every answer that says so.
        let found = keys.indices.filter { places[keys[$0]] != nil }
        var whole = rows.picking(found)
        whole.entries = fetched.gathering(found.compactMap { places[keys[$0]] })
        return whole
    }

    private func fetch(
        _ keys: ArraySlice<EntryKey>, into rows: inout Rows, _ isolation: isolated (any Actor)?
    ) async throws {
        let times = keys.map(\.time)
        guard let first = times.min(), let last = times.max() else { return }
        let range = TimeRange(
            since: Timestamp(microseconds: first), until: Timestamp(microseconds: last.saturating(adding: 1)))
        let open = context.openScan(
            range, .any(keys.map { .id($0) }), .newestFirst, limit: keys.count, fields: fields)
        defer { context.close(open) }
        var iterator = open.scan.makeAsyncIterator()
        while let found = try await iterator.next(isolation: isolation) {
            rows.append(0..<found.count, of: found)
        }
    }
}
