import Synchronization

/// Counts the live streams that are open, so that there are not too many.
final class StreamGate: Sendable {
    private let open = Atomic(0)

    var count: Int { open.load(ordering: .relaxed) }

    /// - Throws: `Problem` 429 `too_many_streams`. Else `leave` belongs to it.
    func enter(_ countMax: Int) throws(Problem) {
        let count = open.add(1, ordering: .relaxed).newValue
        guard count > countMax else { return }
        open.subtract(1, ordering: .relaxed)
        throw Problem(
            429, "too_many_streams", "\(countMax) live streams are open already; try again later.",
            retryAfterSeconds: Problem.longRetryAfterSeconds)
    }

    func leave() { open.subtract(1, ordering: .relaxed) }
}
