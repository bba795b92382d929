import Dispatch
import Synchronization

/// Hands calls to workers: the one that was last used first, so that a warm connection is found; a new one while there
/// are fewer than allowed; else the call waits its turn.
final class WorkerPool: Sendable {
    let settings: HTTPTransport.Settings
    private let state = Mutex(State())

    private struct State {
        var idle: [Worker] = []
        var workerCount = 0
        var waiting: [Exchange] = []
    }

    init(settings: HTTPTransport.Settings) { self.settings = settings }

    func start(_ exchange: Exchange) {
        let worker = state.withLock { state -> Worker? in
            if let worker = state.idle.popLast() { return worker }
            guard state.workerCount < max(1, settings.workerCountMax) else {
                state.waiting.append(exchange)
                return nil
            }
            state.workerCount += 1
            return Worker()
        }
        worker?.run(exchange, for: self)
    }

    /// The next call for a worker that has finished one; without a call it is idle.
    fileprivate func nextCall(after worker: Worker) -> Exchange? {
        state.withLock { state in
            if !state.waiting.isEmpty { return state.waiting.removeFirst() }
            state.idle.append(worker)
            return nil
        }
    }
}

/// A thread (a serial queue that blocks) and the connections it keeps.
final class Worker: @unchecked Sendable {
    // Unchecked: `connections` is touched on `queue` only, and by the last owner's `deinit`.
    private let queue = DispatchQueue(label: "logdb.http")
    private lazy var connections = CurlConnections()

    func run(_ exchange: Exchange, for pool: WorkerPool) {
        queue.async { [self] in
            var current: Exchange? = exchange
            while let exchange = current {
                let outcome = connections.perform(exchange, settings: pool.settings)
                // First the worker is free, then the caller goes on: so its next call finds this worker.
                current = pool.nextCall(after: self)
                exchange.finish(outcome)
            }
        }
    }
}
