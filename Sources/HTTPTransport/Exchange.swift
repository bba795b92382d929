import Synchronization

/// One call between its two sides: the worker, which fills in the answer, and the task that awaits it.
final class Exchange: Sendable {
    /// How much of the body is kept for the awaiting side.
    enum Retention {
        /// All of it; more than that is an error.
        case whole(byteCountMax: Int)
        /// What was not read yet; past that the transfer pauses.
        case pieces(byteCountMax: Int)
    }

    /// What becomes of bytes that arrived.
    enum Reception { case taken, paused, refused }

    let call: HTTPCall
    private let retention: Retention
    private let state = Mutex(State())

    private struct State {
        var head: HTTPHead?
        var bytes: [UInt8] = []
        var outcome: Result<Void, HTTPTransportError>?
        var isPaused = false
        var isResumeWanted = false
        var isCancelled = false
        var isTooLarge = false
        var waiter: CheckedContinuation<Void, Never>?
        var wakeWorker: (@Sendable () -> Void)?
    }

    init(_ call: HTTPCall, retention: Retention) {
        self.call = call
        self.retention = retention
    }
}

// MARK: The awaiting side

extension Exchange {
    func awaitHead() async throws(HTTPTransportError) -> HTTPHead {
        while true {
            let known: Result<HTTPHead, HTTPTransportError>? = state.withLock { state in
                if let head = state.head { return .success(head) }
                guard let outcome = state.outcome else { return nil }
                return outcome.flatMap { .failure(HTTPTransportError(.interrupted, "the answer has no head")) }
            }
            if let known { return try known.get() }
            await awaitChange { $0.head != nil }
        }
    }

    func wholeReply() async throws(HTTPTransportError) -> HTTPReply {
        while true {
            let known: Result<HTTPReply, HTTPTransportError>? = state.withLock { state in
                guard let outcome = state.outcome else { return nil }
                let head = state.head
                let body = state.bytes
                state.bytes = []
                return outcome.flatMap {
                    guard let head else { return .failure(HTTPTransportError(.interrupted, "the answer has no head")) }
                    return .success(HTTPReply(head: head, body: body))
                }
            }
            if let known { return try known.get() }
            await awaitChange { _ in false }
        }
    }

    /// The bytes that came since the last call, or nil after the end.
    func nextPiece() async throws(HTTPTransportError) -> [UInt8]? {
        while true {
            let known: Result<[UInt8]?, HTTPTransportError>? = state.withLock { state in
                if state.isCancelled { return .failure(Exchange.cancelled) }
                if !state.bytes.isEmpty {
                    let piece = state.bytes
                    state.bytes = []
                    if state.isPaused {
                        state.isPaused = false
                        state.isResumeWanted = true
                        state.wakeWorker?()
                    }
                    return .success(piece)
                }
                return state.outcome?.map { nil }
            }
            if let known { return try known.get() }
            await awaitChange { !$0.bytes.isEmpty }
        }
    }

    /// Ends the exchange; who awaits it gets `.cancelled` unless it was over already.
    func cancel() {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.outcome == nil else { return nil }
            state.isCancelled = true
            if let wakeWorker = state.wakeWorker {
                wakeWorker()
                return nil
            }
            // No worker has it yet; the one that takes it up will see that it is over.
            state.outcome = .failure(Exchange.cancelled)
            return state.waiter.take()
        }
        waiter?.resume()
    }

    private func awaitChange(_ isReady: @escaping @Sendable (borrowing State) -> Bool) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDone = state.withLock { state in
                    if state.outcome != nil || isReady(state) { return true }
                    precondition(state.waiter == nil, "an answer has one reader")
                    state.waiter = continuation
                    return false
                }
                if isDone { continuation.resume() }
            }
        } onCancel: {
            cancel()
        }
    }
}

// MARK: The worker's side

extension Exchange {
    static let cancelled = HTTPTransportError(.cancelled, "the call was cancelled")

    /// Registers how to wake the worker from another thread, for as long as it works on this exchange.
    func attach(wake: @escaping @Sendable () -> Void) { state.withLock { $0.wakeWorker = wake } }

    /// After this returns, the closure of `attach` is not called again.
    func detach() { state.withLock { $0.wakeWorker = nil } }

    var isCancelled: Bool { state.withLock { $0.isCancelled } }
    var isTooLarge: Bool { state.withLock { $0.isTooLarge } }

    /// Whether a paused transfer should go on; true once for each time.
    func takeResumeRequest() -> Bool {
        state.withLock { state in
            defer { state.isResumeWanted = false }
            return state.isResumeWanted
        }
    }

    func receive(_ head: HTTPHead) {
        let waiter = state.withLock { state in
            state.head = head
            return state.waiter.take()
        }
        waiter?.resume()
    }

    func receive(_ bytes: UnsafeRawBufferPointer) -> Reception {
        let (reception, waiter) = state.withLock { state -> (Reception, CheckedContinuation<Void, Never>?) in
            if state.isCancelled { return (.refused, nil) }
            switch retention {
            case .whole(let byteCountMax):
                guard state.bytes.count + bytes.count <= byteCountMax else {
                    state.isTooLarge = true
                    return (.refused, nil)
                }
                state.bytes.append(contentsOf: bytes)
                return (.taken, nil)
            case .pieces(let byteCountMax):
                guard state.bytes.isEmpty || state.bytes.count + bytes.count <= byteCountMax else {
                    state.isPaused = true
                    return (.paused, nil)
                }
                state.bytes.append(contentsOf: bytes)
                return (.taken, state.waiter.take())
            }
        }
        waiter?.resume()
        return reception
    }

    func finish(_ outcome: Result<Void, HTTPTransportError>) {
        let waiter = state.withLock { state in
            if state.outcome == nil { state.outcome = outcome }
            return state.waiter.take()
        }
        waiter?.resume()
    }
}
