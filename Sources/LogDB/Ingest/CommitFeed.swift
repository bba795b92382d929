import LogModel
import Synchronization

/// Hands what was committed, and can be seen, to whoever follows the store. Costs a commit next to nothing when nobody
/// does.
final class CommitFeed: Sendable {
    private struct Follower {
        var additions: [Head.Addition] = []
        var byteCount = 0
        /// Entries that are left out since the follower did not keep up.
        var droppedCount = 0
        var waiter: CheckedContinuation<Void, Never>?
    }

    private struct State {
        var followers: [UInt64: Follower] = [:]
        var nextFollower: UInt64 = 0
        /// Past the last entry that was published.
        var endSequence: UInt64
        var isClosed = false
    }

    /// What a follower takes at a time.
    struct Taken {
        var additions: [Head.Addition]
        var droppedCount: Int
        var endSequence: UInt64
        var isClosed: Bool
    }

    private let state: Mutex<State>

    /// Bytes of entries that wait for a follower; past it the oldest go.
    private static let waitingByteCountMax = 64 << 20

    init(endSequence: UInt64) { state = Mutex(State(endSequence: endSequence)) }

    /// On the commit thread, after the entries became visible and before anybody hears that they are durable.
    func publish(_ additions: [Head.Addition]) {
        guard let last = additions.last else { return }
        let waiters = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            state.endSequence = last.sequence + UInt64(last.batch.count)
            guard !state.followers.isEmpty else { return [] }
            var waiters: [CheckedContinuation<Void, Never>] = []
            for id in state.followers.keys {
                guard var follower = state.followers.removeValue(forKey: id) else { continue }
                for addition in additions {
                    follower.additions.append(addition)
                    follower.byteCount += addition.batch.byteCount
                }
                while follower.byteCount > CommitFeed.waitingByteCountMax, follower.additions.count > 1 {
                    let oldest = follower.additions.removeFirst()
                    follower.byteCount -= oldest.batch.byteCount
                    follower.droppedCount += oldest.batch.count
                }
                if let waiter = follower.waiter { waiters.append(waiter) }
                follower.waiter = nil
                state.followers[id] = follower
            }
            return waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    var endSequence: UInt64 { state.withLock { $0.endSequence } }

    /// Entries from the returned sequence on come to the follower; those before it are in the store's view already.
    func follow() -> (id: UInt64, startSequence: UInt64) {
        state.withLock { state in
            state.nextFollower += 1
            state.followers[state.nextFollower] = Follower()
            return (state.nextFollower, state.endSequence)
        }
    }

    func unfollow(_ id: UInt64) {
        let follower = state.withLock { $0.followers.removeValue(forKey: id) }
        follower?.waiter?.resume()
    }

    /// Waits until there is something for the follower, or the feed is closed. One caller at a time.
    func wait(_ id: UInt64) async {
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state in
                guard !state.isClosed, let follower = state.followers[id], follower.additions.isEmpty else {
                    return true
                }
                state.followers[id]?.waiter = continuation
                return false
            }
            if isReady { continuation.resume() }
        }
    }

    func take(_ id: UInt64) -> Taken {
        state.withLock { state in
            let follower = state.followers[id]
            state.followers[id]?.additions = []
            state.followers[id]?.byteCount = 0
            state.followers[id]?.droppedCount = 0
            return Taken(
                additions: follower?.additions ?? [], droppedCount: follower?.droppedCount ?? 0,
                endSequence: state.endSequence, isClosed: state.isClosed || follower == nil)
        }
    }

    /// Ends every wait.
    func close() {
        let waiters = state.withLock { state in
            state.isClosed = true
            let waiters = state.followers.values.compactMap(\.waiter)
            for id in state.followers.keys { state.followers[id]?.waiter = nil }
            return waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}
