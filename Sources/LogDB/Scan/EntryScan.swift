import Synchronization

/// The rows of a scan, in its order, in chunks of at most 1,024. Pulling drives the work and bounds its memory; dropping
/// the iterator stops it. It reads the store as it was when the scan was made.
public struct EntryScan: AsyncSequence, Sendable {
    public typealias Element = Rows
    public typealias Failure = LogError

    private let cursor: ScanCursor
    private let pool: WorkerPool
    private let done = StatisticsBox()

    init(_ cursor: ScanCursor, pool: WorkerPool) {
        self.cursor = cursor
        self.pool = pool
    }

    /// What the scan has done so far.
    public func statistics() -> ScanStatistics { done.value.withLock { $0 } }

    public func makeAsyncIterator() -> Iterator { Iterator(cursor: cursor, pool: pool, done: done) }

    /// A scan has one iterator: those made later go on where the first stands.
    public struct Iterator: AsyncIteratorProtocol, Sendable {
        fileprivate let cursor: ScanCursor
        fileprivate let pool: WorkerPool
        fileprivate let done: StatisticsBox

        /// - Throws: `.cancelled`, `.timeBudget`, `.memoryBudget`, `.io`.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(LogError) -> Rows? {
            try await pull()
        }

        public mutating func next() async throws(LogError) -> Rows? { try await pull() }

        private func pull() async throws(LogError) -> Rows? {
            let cursor = cursor
            let done = done
            let pool = pool
            let result: Result<Rows?, LogError> = await withTaskCancellationHandler {
                do throws(LogError) {
                    return .success(
                        try await pool.run { () throws(LogError) in
                            defer { done.value.withLock { $0 = cursor.statistics } }
                            return try cursor.next()
                        })
                } catch {
                    return .failure(error)
                }
            } onCancel: {
                cursor.cancel()
            }
            return try result.get()
        }
    }
}

final class StatisticsBox: Sendable {
    let value = Mutex(ScanStatistics())
}
