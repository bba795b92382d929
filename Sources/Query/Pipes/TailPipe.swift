/// `tail N`: the last N rows of the current order, in that order.
final class TailPipe: RowSource {
    private let input: any RowSource
    private let count: Int
    /// Whether the input comes last row first, and so begins with the rows that are wanted.
    private let isInputReversed: Bool
    private let memory: PipeMemory
    private var heldByteCount = 0
    private var output: HeldRows?
    /// How many rows there were; known once the first of them is out.
    private(set) var windowCount = 0

    init(_ input: any RowSource, count: Int, isInputReversed: Bool, memory: PipeMemory) {
        self.input = input
        self.count = count
        self.isInputReversed = isInputReversed
        self.memory = memory
    }

    func next(isolation: isolated (any Actor)?) async throws -> RowBatch? {
        if output == nil {
            let window = try await fill(isolation)
            windowCount = window?.count ?? 0
            output = HeldRows(window ?? RowBatch(computed: [], count: 0))
        }
        return try await output?.next(isolation: isolation)
    }

    private func fill(_ isolation: isolated (any Actor)?) async throws -> RowBatch? {
        guard count > 0 else { return nil }
        var window: RowBatch?
        while !(isInputReversed && (window?.count ?? 0) >= count), let rows = try await input.next(isolation: isolation)
        {
            var held = window ?? RowBatch(like: rows)
            window = nil
            held.append(0..<rows.count, of: rows)
            if !isInputReversed, held.count >= 2 * count.saturating(adding: RowChunk.rowCountMax) { trim(&held) }
            try memory.hold(&heldByteCount, held.byteCount, "tail")
            window = held
        }
        guard var window else { return nil }
        trim(&window)
        if isInputReversed { window = window.picking((0..<window.count).reversed()) }
        try memory.hold(&heldByteCount, window.byteCount, "tail")
        return window
    }

    private func trim(_ window: inout RowBatch) {
        guard window.count > count else { return }
        window = window.keeping(isInputReversed ? 0..<count : (window.count - count)..<window.count)
    }
}
