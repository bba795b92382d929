import Synchronization

/// Bytes of memory that requests share. Each says the most that it may come to hold, takes what it needs bit by bit,
/// waiting in line where it must, and gives it back.
///
/// Bytes are given only while all holders could still come to their most, one after the other, from what is free and
/// what those before them give back (Dijkstra's banker's algorithm): holders of parts never wait for each other in a
/// circle.
final class ByteBudget: Sendable {
    let byteCountMax: Int
    private let state: Mutex<State>

    /// Tells the requests apart.
    struct HolderID: Hashable, Sendable {
        fileprivate var number: UInt64
    }

    private struct Share {
        var held = 0
        var most: Int
        var needed: Int { most - held }
    }

    private struct Waiter {
        var id: UInt64
        var holder: HolderID
        var byteCount: Int
        var most: Int
        var continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var free: Int
        var nextID: UInt64 = 0
        /// Of those that hold something.
        var shares: [HolderID: Share] = [:]
        /// In the order in which they came.
        var waiters: [Waiter] = []

        /// Gives the bytes when that is safe.
        mutating func give(_ byteCount: Int, to holder: HolderID, most: Int) -> Bool {
            guard byteCount <= free else { return false }
            let before = shares[holder]
            var share = before ?? Share(most: most)
            share.held += byteCount
            shares[holder] = share
            free -= byteCount
            if isSafe { return true }
            shares[holder] = before
            free += byteCount
            return false
        }

        /// Whether every holder can come to its most, in some order.
        private var isSafe: Bool {
            var available = free
            for share in shares.values.sorted(by: { $0.needed < $1.needed }) {
                if share.needed > available { return false }
                available += share.held
            }
            return true
        }

        mutating func makeID() -> UInt64 {
            nextID += 1
            return nextID
        }

        mutating func takeBack(_ byteCount: Int, from holder: HolderID) {
            guard var share = shares[holder] else { return }
            share.held -= byteCount
            share.most = min(share.most, share.held)
            shares[holder] = share.held > 0 ? share : nil
            free += byteCount
        }

        /// Serves the line. Whoever holds something already passes those who hold nothing, since what it gives back in
        /// the end is what they wait for; among these the first comes first, so that a large request is not overtaken
        /// for ever by small ones.
        mutating func served() -> [Waiter] {
            var served: [Waiter] = []
            var left: [Waiter] = []
            for waiter in waiters {
                let isHeldUp = !left.isEmpty && shares[waiter.holder] == nil
                if !isHeldUp, give(waiter.byteCount, to: waiter.holder, most: waiter.most) {
                    served.append(waiter)
                } else {
                    left.append(waiter)
                }
            }
            waiters = left
            return served
        }
    }

    init(byteCountMax: Int) {
        self.byteCountMax = byteCountMax
        state = Mutex(State(free: byteCountMax))
    }

    /// Bytes that nobody holds now.
    var freeByteCount: Int { state.withLock { $0.free } }
    var waiterCount: Int { state.withLock { $0.waiters.count } }

    func makeHolder() -> HolderID { state.withLock { HolderID(number: $0.makeID()) } }

    /// Takes `byteCount` bytes more.
    ///
    /// - Parameter most: What the holder may hold in the end, at most `byteCountMax` and not less than it holds after
    ///   this. The first call for a holder that holds nothing says it.
    /// - Returns: Whether they came within `wait`; if not, nothing was taken.
    func take(_ byteCount: Int, for holder: HolderID, most: Int, within wait: Duration) async -> Bool {
        let isGiven = state.withLock { state in
            guard state.waiters.isEmpty || state.shares[holder] != nil else { return false }
            return state.give(byteCount, to: holder, most: most)
        }
        if isGiven { return true }
        let id = state.withLock { $0.makeID() }
        let timer = Task {
            try? await Task.sleep(for: wait)
            giveUp(id)
        }
        defer { timer.cancel() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let served = state.withLock { state in
                    state.waiters.append(
                        Waiter(id: id, holder: holder, byteCount: byteCount, most: most, continuation: continuation))
                    return state.served()
                }
                for waiter in served { waiter.continuation.resume(returning: true) }
                // The cancellation may have come before there was anything to give up.
                if Task.isCancelled { giveUp(id) }
            }
        } onCancel: {
            giveUp(id)
        }
    }

    /// The holder needs no more than it holds after this.
    func give(back byteCount: Int, from holder: HolderID) {
        let served = state.withLock { state in
            state.takeBack(byteCount, from: holder)
            return state.served()
        }
        for waiter in served { waiter.continuation.resume(returning: true) }
    }

    private func giveUp(_ id: UInt64) {
        let (given, served) = state.withLock { state -> (Waiter?, [Waiter]) in
            guard let index = state.waiters.firstIndex(where: { $0.id == id }) else { return (nil, []) }
            let waiter = state.waiters.remove(at: index)
            // It may have been the one that held up the line.
            return (waiter, state.served())
        }
        given?.continuation.resume(returning: false)
        for waiter in served { waiter.continuation.resume(returning: true) }
    }
}
