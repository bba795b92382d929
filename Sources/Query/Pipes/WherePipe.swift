/// `where`: the rows that pass a filter.
final class WherePipe: RowSource {
    private let input: any RowSource
    private let test: RowTester

    init(_ input: any RowSource, _ test: RowTester) {
        self.input = input
        self.test = test
    }

    func next(isolation: isolated (any Actor)?) async throws -> RowBatch? {
        while let rows = try await input.next(isolation: isolation) {
            let passes = try test.evaluate(rows)
            let kept = passes.indices.filter { passes[$0] }
            if kept.count == rows.count { return rows }
            if !kept.isEmpty { return rows.picking(kept) }
        }
        return nil
    }
}
