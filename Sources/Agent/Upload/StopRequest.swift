import Synchronization

/// Asks running work to come to an orderly end. From any thread, signal handlers of the Dispatch kind included.
public final class StopRequest: Sendable {
    private let state = Mutex(State())

    private struct State {
        var isMade = false
        var handlers: [@Sendable () -> Void] = []
    }

    public init() {}

    public var isMade: Bool { state.withLock { $0.isMade } }

    /// Asks. Asking again changes nothing.
    public func make() {
        let handlers = state.withLock { state in
            state.isMade = true
            defer { state.handlers = [] }
            return state.handlers
        }
        for handler in handlers { handler() }
    }

    /// Returns when the request is made, or the task cancelled.
    func made() async {
        let (made, continuation) = AsyncStream.makeStream(of: Void.self)
        whenMade { continuation.finish() }
        for await _ in made {}
    }

    /// Calls `handler` once, when the request is made, or at once where it was made already.
    public func whenMade(_ handler: @escaping @Sendable () -> Void) {
        let isMade = state.withLock { state in
            if !state.isMade { state.handlers.append(handler) }
            return state.isMade
        }
        if isMade { handler() }
    }
}
