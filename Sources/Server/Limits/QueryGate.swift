import Synchronization

/// Lets so many queries run at a time; the others wait in line.
final class QueryGate: Sendable {
    private struct Waiter {
        var id: UInt64
        var continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var runningCount = 0
        var nextID: UInt64 = 0
        var waiters: [Waiter] = []
    }

    private let countMax: Int
    private let state = Mutex(State())

    init(countMax: Int) { self.countMax = max(countMax, 1) }

    var runningCount: Int { state.withLock { $0.runningCount } }
    var waitingCount: Int { state.withLock { $0.waiters.count } }

    /// Waits for a turn, which `leave` gives back.
    ///
    /// - Throws: `Problem` 429 `overloaded` when it does not come in time.
    func enter(within wait: Duration) async throws(Problem) {
        let id = state.withLock { state -> UInt64? in
            if state.runningCount < countMax, state.waiters.isEmpty {
                state.runningCount += 1
                return nil
            }
            state.nextID += 1
            return state.nextID
        }
        guard let id else { return }
        let timer = Task {
            try? await Task.sleep(for: wait)
            giveUp(id)
        }
        defer { timer.cancel() }
        let hasTurn = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isGiven = state.withLock { state in
                    if state.runningCount < countMax, state.waiters.isEmpty {
                        state.runningCount += 1
                        return true
                    }
                    state.waiters.append(Waiter(id: id, continuation: continuation))
                    return false
                }
                if isGiven { continuation.resume(returning: true) }
                // The cancellation may have come before there was anything to give up.
                if Task.isCancelled { giveUp(id) }
            }
        } onCancel: {
            giveUp(id)
        }
        guard hasTurn else {
            throw Problem(
                429, "overloaded", "\(countMax) queries are running already, and others wait; try again.",
                retryAfterSeconds: 1)
        }
    }

    func leave() {
        let next = state.withLock { state -> Waiter? in
            if !state.waiters.isEmpty { return state.waiters.removeFirst() }
            state.runningCount -= 1
            return nil
        }
        next?.continuation.resume(returning: true)
    }

    private func giveUp(_ id: UInt64) {
        let waiter = state.withLock { state -> Waiter? in
            state.waiters.firstIndex { $0.id == id }.map { state.waiters.remove(at: $0) }
        }
        waiter?.continuation.resume(returning: false)
    }
}
