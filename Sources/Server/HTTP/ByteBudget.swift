import Synchronization

/// Bytes of memory that requests share: one takes what it will need, waiting in line for it, and gives it back.
final class ByteBudget: Sendable {
    let byteCountMax: Int
    private let state: Mutex<State>

    private struct Waiter {
        var id: UInt64
        var byteCount: Int
        var continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var free: Int
        var nextID: UInt64 = 0
        /// In the order in which they came: a large request is not overtaken for ever by small ones.
        var waiters: [Waiter] = []

        mutating func granted() -> [Waiter] {
            var granted: [Waiter] = []
            while let first = waiters.first, first.byteCount <= free {
                free -= first.byteCount
                granted.append(waiters.removeFirst())
            }
            return granted
        }
    }

    init(byteCountMax: Int) {
        self.byteCountMax = byteCountMax
        state = Mutex(State(free: byteCountMax))
    }

    /// Bytes that nobody holds now.
    var freeByteCount: Int { state.withLock { $0.free } }
    var waiterCount: Int { state.withLock { $0.waiters.count } }

    /// Takes `byteCount` bytes, at most `byteCountMax`.
    ///
    /// - Returns: Whether they came within `wait`; if not, nothing was taken.
    func take(_ byteCount: Int, within wait: Duration) async -> Bool {
        let isFree = state.withLock { state in
            guard state.waiters.isEmpty, byteCount <= state.free else { return false }
            state.free -= byteCount
            return true
        }
        if isFree { return true }
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        let timer = Task {
            try? await Task.sleep(for: wait)
            giveUp(id)
        }
        defer { timer.cancel() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let granted = state.withLock { state in
                    state.waiters.append(Waiter(id: id, byteCount: byteCount, continuation: continuation))
                    return state.granted()
                }
                for waiter in granted { waiter.continuation.resume(returning: true) }
                // The cancellation may have come before there was anything to give up.
                if Task.isCancelled { giveUp(id) }
            }
        } onCancel: {
            giveUp(id)
        }
    }

    func give(back byteCount: Int) {
        let granted = state.withLock { state in
            state.free += byteCount
            return state.granted()
        }
        for waiter in granted { waiter.continuation.resume(returning: true) }
    }

    private func giveUp(_ id: UInt64) {
        let (given, granted) = state.withLock { state -> (Waiter?, [Waiter]) in
            guard let index = state.waiters.firstIndex(where: { $0.id == id }) else { return (nil, []) }
            let waiter = state.waiters.remove(at: index)
            // It may have been the one that held up the line.
            return (waiter, state.granted())
        }
        given?.continuation.resume(returning: false)
        for waiter in granted { waiter.continuation.resume(returning: true) }
    }
}

/// What one request holds of a budget. Belongs to one task; `release` gives it back.
struct Reservation {
    private let budget: ByteBudget
    private let wait: Duration
    private(set) var byteCount = 0

    init(_ budget: ByteBudget, wait: Duration) {
        self.budget = budget
        self.wait = wait
    }

    /// Holds at least `byteCountMin` bytes.
    ///
    /// - Throws: `Problem` 429 `overloaded` when they do not come in time.
    mutating func grow(to byteCountMin: Int) async throws(Problem) {
        let byteCountMin = min(byteCountMin, budget.byteCountMax)
        guard byteCountMin > byteCount else { return }
        guard await budget.take(byteCountMin - byteCount, within: wait) else {
            throw Problem(
                429, "overloaded", "The bodies of other requests fill the memory set aside for them; try again.",
                retryAfterSeconds: 1)
        }
        byteCount = byteCountMin
    }

    mutating func shrink(to byteCountMax: Int) {
        guard byteCountMax < byteCount else { return }
        budget.give(back: byteCount - byteCountMax)
        byteCount = byteCountMax
    }

    mutating func release() { shrink(to: 0) }
}
