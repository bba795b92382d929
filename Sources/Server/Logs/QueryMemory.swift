import LogDB
import Query

/// The memory that one query may use while it is answered. Given back with its last owner.
final class QueryMemory: Sendable {
    /// In bytes.
    let byteCount: Int
    private let budget: ByteBudget
    private let holder: ByteBudget.HolderID

    /// A query that hands out rows as it finds them works with little: it goes through time in shorter steps. So it
    /// takes a part of what is free, and many find room beside each other.
    private static let freePart = 8
    /// Less than this makes the steps too short to be worth it.
    private static let scanByteCountMin = 2 << 20

    private init(_ byteCount: Int, of budget: ByteBudget, _ holder: ByteBudget.HolderID) {
        self.byteCount = byteCount
        self.budget = budget
        self.holder = holder
    }

    deinit { budget.give(back: byteCount, from: holder) }

    /// Waits for the memory that the query needs.
    ///
    /// - Throws: `Problem` 429 `overloaded` when it does not come in time.
    static func take(for query: LogQuery, _ services: Services) async throws(Problem) -> QueryMemory {
        try await take(gathersRows: query.gathersRows, services)
    }

    /// - Parameter gathersRows: Whether rows are gathered before any is handed out.
    static func take(gathersRows: Bool, _ services: Services) async throws(Problem) -> QueryMemory {
        let limits = services.limits
        let budget = gathersRows ? services.gatherBytes : services.scanBytes
        var byteCount = limits.queryByteCountMax
        if !gathersRows {
            byteCount = min(byteCount, max(budget.freeByteCount / freePart, scanByteCountMin))
        }
        let holder = budget.makeHolder()
        guard await budget.take(byteCount, for: holder, most: byteCount, within: limits.inFlightWait) else {
            throw Problem(
                429, "overloaded", "Other queries use the memory set aside for them; try again.", retryAfterSeconds: 1)
        }
        return QueryMemory(byteCount, of: budget, holder)
    }
}

extension Exchange {
    /// Starts a query in memory of its own, which its rows' pages hold until the client has them.
    func run(_ query: LogQuery) async throws -> (answer: Answer, memory: QueryMemory) {
        let memory = try await QueryMemory.take(for: query, services)
        return (try await query.withMemory(memory.byteCount).run(on: store), memory)
    }
}
