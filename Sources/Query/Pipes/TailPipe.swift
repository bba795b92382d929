import LogDB

/// `tail N`: the last N rows of the current order, in that order.
final class TailSource: RowSource {
    private let input: any RowSource
    private let count: Int
    /// Whether the input comes last row first, and so begins with the rows that are wanted.
    private let isInputReversed: Bool
    private let memoryByteCountMax: Int
    private var window = Rows()
    private var position: Int?

    init(_ input: any RowSource, count: Int, isInputReversed: Bool, memoryByteCountMax: Int) {
        self.input = input
        self.count = count
        self.isInputReversed = isInputReversed
        self.memoryByteCountMax = memoryByteCountMax
    }

    /// How many rows there were; known once the first of them is out.
    var windowCount: Int { window.count }

    func next(isolation: isolated (any Actor)?) async throws -> Rows? {
        if position == nil {
            try await fill(isolation)
            position = 0
        }
        guard let start = position, start < window.count else { return nil }
        let end = min(window.count, start + RowChunk.rowCountMax)
        position = end
        return window.slice(start..<end)
    }

    private func fill(_ isolation: isolated (any Actor)?) async throws {
        guard count > 0 else { return }
        while !(isInputReversed && window.count >= count), let rows = try await input.next(isolation: isolation) {
            for index in 0..<rows.count { window.append(index, of: rows) }
            if !isInputReversed, window.count >= 2 * count.saturating(adding: RowChunk.rowCountMax) { trim() }
            try MemoryBudget.check(window.byteCount, memoryByteCountMax, "tail")
        }
        trim()
        if isInputReversed {
            var turned = Rows()
            for index in (0..<window.count).reversed() { turned.append(index, of: window) }
            window = turned
        }
    }

    private func trim() {
        guard window.count > count else { return }
        window = window.slice(isInputReversed ? 0..<count : (window.count - count)..<window.count)
    }
}

extension Int {
    /// The sum, or `Int.max` where it would pass that.
    func saturating(adding other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max / 2 : sum
    }
}

/// What pipes that hold rows may use.
enum MemoryBudget {
    static func check(_ byteCount: Int, _ byteCountMax: Int, _ pipe: String) throws(LogError) {
        guard byteCount > byteCountMax else { return }
        throw LogError(
            .memoryBudget,
            "The pipe \(pipe) needs more than the \(byteCountMax) bytes that a query may use; "
                + "ask for fewer rows with limit, or for a shorter time.")
    }
}
