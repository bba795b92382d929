import LogDB
import Query

/// The chunks of an answer's rows, the first of which is fetched before anything is sent, so that a query that fails at
/// once gets a proper error.
///
/// Unchecked: the handler fetches the first chunk, and after that the answer's writer the others.
final class RowPages: @unchecked Sendable {
    let answer: EntryAnswer
    private let memory: QueryMemory
    private var iterator: EntryAnswer.Iterator
    /// Chunks that were fetched and not taken.
    private var fetched: [Rows] = []
    private(set) var isAtEnd = false

    /// Fetches up to `chunkCount` chunks.
    init(_ answer: EntryAnswer, _ memory: QueryMemory, fetching chunkCount: Int) async throws {
        self.answer = answer
        self.memory = memory
        iterator = answer.makeAsyncIterator()
        while fetched.count < chunkCount, let rows = try await pull() { fetched.append(rows) }
    }

    /// The next chunk; nil at the end.
    func next() async throws -> Rows? {
        if !fetched.isEmpty { return fetched.removeFirst() }
        return try await pull()
    }

    private func pull() async throws -> Rows? {
        if isAtEnd { return nil }
        var iterator = self.iterator
        let rows = try await iterator.next(isolation: nil)
        self.iterator = iterator
        if rows == nil { isAtEnd = true }
        return rows
    }
}

/// The same of the rows of a table.
///
/// Unchecked: as `RowPages`.
final class TablePages: @unchecked Sendable {
    let answer: TableAnswer
    private let memory: QueryMemory
    private var iterator: TableAnswer.Iterator
    private var fetched: [[Value]]?
    private var isAtEnd = false

    /// Fetches the first chunk.
    init(_ answer: TableAnswer, _ memory: QueryMemory) async throws {
        self.answer = answer
        self.memory = memory
        iterator = answer.makeAsyncIterator()
        fetched = try await pull()
    }

    /// The next chunk; nil at the end.
    func next() async throws -> [[Value]]? {
        if let rows = fetched {
            fetched = nil
            return rows
        }
        return try await pull()
    }

    private func pull() async throws -> [[Value]]? {
        if isAtEnd { return nil }
        var iterator = self.iterator
        let rows = try await iterator.next(isolation: nil)
        self.iterator = iterator
        if rows == nil { isAtEnd = true }
        return rows
    }
}
