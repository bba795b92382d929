import Synchronization

/// Counts requests by route and status.
final class RequestCounters: Sendable {
    struct Key: Hashable, Sendable {
        /// The route's index; nil for paths that have none.
        var route: Int?
        var status: Int
    }

    struct Count: Sendable {
        var requests: UInt64 = 0
        var nanoseconds: UInt64 = 0
    }

    private struct State {
        var counts: [Key: Count] = [:]
        var ingestedByteCount: UInt64 = 0
        var brokenOffCount: UInt64 = 0
    }

    private let state = Mutex(State())

    /// - Parameter duration: To the start of the answer's body.
    func didAnswer(route: Int?, status: Int, in duration: Duration) {
        let nanoseconds = UInt64(duration / .nanoseconds(1))
        state.withLock { state in
            state.counts[Key(route: route, status: status), default: Count()].requests += 1
            state.counts[Key(route: route, status: status), default: Count()].nanoseconds += nanoseconds
        }
    }

    /// - Parameter byteCount: As received.
    func didIngest(byteCount: Int) { state.withLock { $0.ingestedByteCount += UInt64(byteCount) } }

    /// The server could not go on with an answer whose beginning was sent.
    func didBreakOff() { state.withLock { $0.brokenOffCount += 1 } }

    var brokenOffCount: UInt64 { state.withLock { $0.brokenOffCount } }

    var ingestedByteCount: UInt64 { state.withLock { $0.ingestedByteCount } }

    /// In the order of routes and statuses; paths without a route last.
    var counts: [(key: Key, count: Count)] {
        state.withLock { $0.counts }.map { (key: $0.key, count: $0.value) }.sorted {
            ($0.key.route ?? .max, $0.key.status) < ($1.key.route ?? .max, $1.key.status)
        }
    }
}
