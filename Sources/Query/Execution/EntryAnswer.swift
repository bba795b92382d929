public import LogDB
import LogModel
import Synchronization

/// An answer made of entries. Iterating executes the query: rows arrive as they are found, and dropping the iterator stops
/// the work. Iterating again executes it again.
public struct EntryAnswer: AsyncSequence, Sendable {
    public typealias Element = Rows

    let query: LogQuery
    let store: LogStore
    private let state = AnswerState()

    init(query: LogQuery, store: LogStore) {
        self.query = query
        self.store = store
    }

    /// The fields to show, in order. Nil: all of them. The rows hold all fields either way.
    public var columns: [Field]? { query.plan.pipeline.schema.entryColumns ?? nil }

    /// Where the next page begins; nil at the end. Final after the iteration; after an error it is where the rows that
    /// had arrived end, so that the caller can go on there.
    public func nextCursor() -> Cursor? { state.values.withLock { $0.nextCursor } }

    /// What the scan has done so far.
    public func statistics() -> ScanStatistics { state.values.withLock { $0.statistics } }

    /// The query's warnings, and after the iteration those that depend on what was found.
    public func warnings() -> [QueryWarning] { query.warnings + state.values.withLock { $0.warnings } }

    public func makeAsyncIterator() -> Iterator {
        Iterator(run: QueryRun(query, store: store), state: state)
    }

    public struct Iterator: AsyncIteratorProtocol {
        private let state: AnswerState
        private let run: QueryRun

        init(run: QueryRun, state: AnswerState) {
            self.state = state
            self.run = run
        }

        public mutating func next() async throws -> Rows? { try await next(isolation: nil) }

        /// The next rows of the page, never none; nil after the last.
        ///
        /// - Throws: `LogError`, or `QueryErrors` with `expired_cursor`.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> Rows? {
            try await state.next(run, isolation: actor)?.entries
        }
    }
}
