import AsyncAlgorithms
import LogDB
import Query

/// The chunks of an answer's rows, the first of which is fetched before anything is sent, so that a query that fails at
/// once gets a proper error.
///
/// Unchecked: the handler fetches the first chunk, and after that the answer's writer the others.
final class RowPages: @unchecked Sendable {
    let answer: EntryAnswer
    private let memory: QueryMemory
    private var source: Source
    /// Chunks that were fetched and not taken.
    private var fetched: [Rows] = []
    private(set) var isAtEnd = false

    private enum Source {
        case asAsked(EntryAnswer.Iterator)
        case ahead(AsyncBufferSequence<EntryAnswer>.Iterator)
    }

    /// The most chunks that are found ahead, and about what one holds.
    private static let aheadCountMax = 8
    private static let chunkByteCount = 512 << 10

    /// Fetches up to `chunkCount` chunks.
    ///
    /// - Parameter isAhead: Rows are found while those before are being written, as far as a quarter of the query's memory
    ///   holds them. The answer's cursor is then ahead too.
    init(
        _ answer: EntryAnswer, _ memory: QueryMemory, fetching chunkCount: Int, isAhead: Bool = false
    ) async throws {
        self.answer = answer
        self.memory = memory
        let aheadCount = min(RowPages.aheadCountMax, memory.byteCount / 4 / RowPages.chunkByteCount)
        source =
            isAhead && aheadCount > 0
            ? .ahead(answer.buffer(policy: .bounded(aheadCount)).makeAsyncIterator())
            : .asAsked(answer.makeAsyncIterator())
        while fetched.count < chunkCount, let rows = try await pull() { fetched.append(rows) }
    }

    /// The next chunk; nil at the end.
    func next() async throws -> Rows? {
        if !fetched.isEmpty { return fetched.removeFirst() }
        return try await pull()
    }

    private func pull() async throws -> Rows? {
        if isAtEnd { return nil }
        let rows: Rows?
        switch source {
        case .asAsked(var iterator):
            rows = try await iterator.next(isolation: nil)
            source = .asAsked(iterator)
        case .ahead(var iterator):
            rows = try await iterator.next(isolation: nil)
            source = .ahead(iterator)
        }
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
