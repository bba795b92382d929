import Synchronization

/// Spreads independent pieces of one caller's work over threads of a pool that have nothing else to do.
///
/// The caller works too, and waits only for pieces that others have begun: when the pool is busy it does all by itself, so
/// that work on the pool's own threads may be spread without ever waiting for a thread.
struct ParallelWork: Sendable {
    let pool: WorkerPool
    /// Threads that may work at a time, the caller's among them.
    let width: Int

    /// Calls `body` once for each index below `count`, in ascending order, several at a time.
    ///
    /// - Parameter body: Gets the index and the number of the worker, below `width`, of which each calls one at a time.
    /// - Throws: The first error of `body`, after which no further piece is begun.
    func forEach(
        _ count: Int, _ body: @escaping @Sendable (_ index: Int, _ worker: Int) throws(LogError) -> Void
    ) throws(LogError) {
        guard count > 1, width > 1 else {
            for index in 0..<count { try body(index, 0) }
            return
        }
        let pieces = Pieces(count: count, body: body)
        for worker in 1..<min(width, count) {
            pool.submit { pieces.work(worker) }
        }
        pieces.work(0)
        try pieces.wait()
    }

    /// Calls `body` as `forEach` does and returns what it returned, in the order of the indexes.
    func map<R>(
        _ count: Int, _ body: @escaping @Sendable (_ index: Int, _ worker: Int) throws(LogError) -> R
    ) throws(LogError) -> [R] {
        let results = Results<R>(count: count)
        try forEach(count) { (index, worker) throws(LogError) in results.set(index, try body(index, worker)) }
        return results.all()
    }

    /// Each place is written once, by one thread, and read when all are done.
    private final class Results<R>: @unchecked Sendable {
        private let places: UnsafeMutableBufferPointer<R?>

        init(count: Int) {
            places = .allocate(capacity: count)
            places.initialize(repeating: nil)
        }

        deinit {
            places.deinitialize()
            places.deallocate()
        }

        func set(_ index: Int, _ result: R) { places[index] = result }

        func all() -> [R] { places.map { $0! } }
    }

    private final class Pieces: Sendable {
        private struct State {
            var next = 0
            var workingCount = 0
            var failure: LogError?
        }

        private let count: Int
        private let body: @Sendable (Int, Int) throws(LogError) -> Void
        private let state = Mutex(State())
        private let finished = Signal()

        init(count: Int, body: @escaping @Sendable (Int, Int) throws(LogError) -> Void) {
            self.count = count
            self.body = body
        }

        func work(_ worker: Int) {
            while let index = begin() {
                do throws(LogError) {
                    try body(index, worker)
                    end(nil)
                } catch {
                    end(error)
                }
            }
        }

        private func begin() -> Int? {
            state.withLock { state in
                guard state.next < count, state.failure == nil else { return nil }
                state.next += 1
                state.workingCount += 1
                return state.next - 1
            }
        }

        private func end(_ failure: LogError?) {
            let isLast = state.withLock { state in
                state.workingCount -= 1
                if let failure, state.failure == nil { state.failure = failure }
                return state.workingCount == 0
            }
            if isLast { finished.notify() }
        }

        /// Waits until no piece is being worked on. The caller has found that none is left to begin.
        func wait() throws(LogError) {
            finished.wait { state.withLock { $0.workingCount == 0 } }
            if let failure = state.withLock({ $0.failure }) { throw failure }
        }
    }
}
