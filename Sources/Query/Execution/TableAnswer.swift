public import LogDB
import LogModel
import Synchronization

/// An answer made of rows of named columns: what pipes computed, or entries with columns that they do not have themselves.
/// Iterating executes the query, and again when done again.
public struct TableAnswer: AsyncSequence, Sendable {
    /// Some rows, each with a value for every column.
    public typealias Element = [[Value]]

    let query: LogQuery
    let store: LogStore
    private let state = AnswerState()
    private let shown: [Schema.Shown]

    init(query: LogQuery, store: LogStore) {
        self.query = query
        self.store = store
        shown = query.plan.pipeline.schema.shown
    }

    public var columns: [String] { shown.map(\.name) }

    /// Where the next page begins; nil at the end. Final after the iteration.
    public func nextCursor() -> Cursor? { state.values.withLock { $0.nextCursor } }

    /// What has been read so far.
    public func statistics() -> ScanStatistics { state.values.withLock { $0.statistics } }

    /// The query's warnings, and after the iteration those that depend on what was found.
    public func warnings() -> [QueryWarning] { query.warnings + state.values.withLock { $0.warnings } }

    /// All rows of the page.
    ///
    /// - Throws: `LogError`, or `QueryErrors`.
    public func rows() async throws -> [[Value]] {
        var rows: [[Value]] = []
        for try await chunk in self { rows += chunk }
        return rows
    }

    public func makeAsyncIterator() -> Iterator {
        Iterator(run: QueryRun(query, store: store), state: state, shown: shown)
    }

    public struct Iterator: AsyncIteratorProtocol {
        private let state: AnswerState
        private let run: QueryRun
        private let shown: [Schema.Shown]

        init(run: QueryRun, state: AnswerState, shown: [Schema.Shown]) {
            self.state = state
            self.run = run
            self.shown = shown
        }

        public mutating func next() async throws -> [[Value]]? { try await next(isolation: nil) }

        /// The next rows of the page, never none; nil after the last.
        ///
        /// - Throws: `LogError`, or `QueryErrors`.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> [[Value]]? {
            guard let batch = try await state.next(run, isolation: actor) else { return nil }
            let columns = shown.map { shown -> (Int) -> Value in
                switch shown {
                case .column(let column):
                    let reader = ColumnReader(batch, column.reference)
                    return { reader.value($0) }
                case .context(let hidden): return { batch.attributes($0, hidden: hidden) }
                }
            }
            return (0..<batch.count).map { row in columns.map { $0(row) } }
        }
    }
}

extension RowBatch {
    /// The context of a row's entry.
    fileprivate func attributes(_ row: Int, hidden: Set<String>) -> Value {
        guard let batch = entries?.batch else { return .missing }
        var attributes: [Value.Attribute] = []
        for place in batch.contextRange(row) {
            let key = batch.strings[Int(batch.contextKeys[place])]
            if !hidden.isEmpty, hidden.contains(String(decoding: key, as: UTF8.self)) { continue }
            attributes.append(Value.Attribute(key: key, value: batch.contextValues[place]))
        }
        return .attributes(attributes)
    }
}
