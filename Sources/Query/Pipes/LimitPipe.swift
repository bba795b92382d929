/// `limit N`, `head N`: the first N rows of the current order.
final class LimitPipe: RowSource {
    private let input: any RowSource
    private var remaining: Int

    init(_ input: any RowSource, count: Int) {
        self.input = input
        remaining = count
    }

    func next(isolation: isolated (any Actor)?) async throws -> RowBatch? {
        guard remaining > 0, let rows = try await input.next(isolation: isolation) else { return nil }
        let kept = rows.slice(0..<min(rows.count, remaining))
        remaining -= kept.count
        return kept
    }
}
