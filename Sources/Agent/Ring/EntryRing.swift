import LogModel
import Synchronization

/// The bounded memory between inputs and the spool's disk. From any thread.
///
/// A lock is taken once a batch, not once an entry. When it is full, entries that nobody will send again push out the
/// oldest of their kind, and inputs that can wait do.
final class EntryRing: Sendable {
    /// What was handed over in one piece, in order.
    struct Handover: Sendable {
        var batch: Batch
        var mark: InputMark?
        var whenSynced: (@Sendable () -> Void)?
        /// Whether it may be pushed out.
        var isDroppable: Bool
    }

    private struct State {
        var handovers: [Handover] = []
        var entryCount = 0
        /// Entries that were drained and may come back.
        var drainedCount = 0
        var dropped = LevelCounts()
        var takenCount = 0
        var isClosed = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    private let capacity: Int
    private let wake: @Sendable () -> Void

    /// - Parameters:
    ///   - capacity: In entries.
    ///   - wake: Called when the ring was empty and is not any more, from any thread.
    init(capacity: Int, wake: @escaping @Sendable () -> Void) {
        self.capacity = capacity
        self.wake = wake
    }

    /// Takes entries without waiting. The oldest droppable ones go where there is no room.
    func take(_ batch: Batch) {
        guard !batch.isEmpty else { return }
        let wasEmpty = state.withLock { state in
            let wasEmpty = state.handovers.isEmpty
            state.takenCount += batch.count
            state.handovers.append(Handover(batch: batch, isDroppable: true))
            state.entryCount += batch.count
            dropOverflow(&state)
            return wasEmpty
        }
        if wasEmpty { wake() }
    }

    /// Takes entries when there is room for them, or nothing else is there.
    ///
    /// - Throws: `.stopping` after `close`.
    func put(_ handover: Handover) async throws(AgentError) {
        while true {
            let (isTaken, wasEmpty) = try offer(handover)
            if wasEmpty { wake() }
            if isTaken { return }
            await withCheckedContinuation { continuation in
                let isWorthWaiting = state.withLock { state in
                    guard !state.isClosed, state.entryCount + state.drainedCount > 0 else { return false }
                    state.waiters.append(continuation)
                    return true
                }
                if !isWorthWaiting { continuation.resume() }
            }
        }
    }

    private func offer(_ handover: Handover) throws(AgentError) -> (isTaken: Bool, wasEmpty: Bool) {
        let outcome = state.withLock { state -> (Bool, Bool)? in
            if state.isClosed { return nil }
            let waitingCount = state.entryCount + state.drainedCount
            guard waitingCount == 0 || waitingCount + handover.batch.count <= capacity else { return (false, false) }
            let wasEmpty = state.handovers.isEmpty
            state.takenCount += handover.batch.count
            state.handovers.append(handover)
            state.entryCount += handover.batch.count
            return (true, wasEmpty)
        }
        guard let outcome else { throw AgentError(.stopping, "the agent is stopping") }
        return outcome
    }

    /// Everything that is there, in order. `settle` or `giveBack` follows; until then it takes up its room.
    func drain() -> [Handover] {
        state.withLock { state in
            defer {
                state.handovers = []
                state.drainedCount += state.entryCount
                state.entryCount = 0
            }
            return state.handovers
        }
    }

    /// What `drain` gave is written.
    func settle() {
        let waiters = state.withLock { state in
            state.drainedCount = 0
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Puts what `drain` gave and could not be written back before all that came since.
    func giveBack(_ handovers: some Collection<Handover>) {
        state.withLock { state in
            state.drainedCount = 0
            state.handovers.insert(contentsOf: handovers, at: 0)
            state.entryCount += handovers.reduce(0) { $0 + $1.batch.count }
            dropOverflow(&state)
        }
    }

    /// What was dropped since the last call.
    func takeDropped() -> LevelCounts {
        state.withLock { state in
            defer { state.dropped = LevelCounts() }
            return state.dropped
        }
    }

    /// Those who wait for room are refused, as is whoever comes to put.
    func close() {
        let waiters = state.withLock { state in
            state.isClosed = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Entries that wait, those that are being written among them.
    var count: Int { state.withLock { $0.entryCount + $0.drainedCount } }

    /// Entries that were ever taken.
    var takenCount: Int { state.withLock { $0.takenCount } }

    private func dropOverflow(_ state: inout State) {
        var index = 0
        while state.entryCount > capacity, index < state.handovers.count {
            guard state.handovers[index].isDroppable else {
                index += 1
                continue
            }
            let batch = state.handovers[index].batch
            let count = min(batch.count, state.entryCount - capacity)
            for level in batch.levels[..<count] { state.dropped[Level(rawValue: level) ?? .info] += 1 }
            state.entryCount -= count
            if count == batch.count {
                state.handovers.remove(at: index)
            } else {
                state.handovers[index].batch = batch.gathering(count..<batch.count)
            }
        }
    }
}
