import Synchronization

/// Tells work on another thread that nobody waits for it any more.
final class CancellationFlag: Sendable {
    private let flag = Atomic(false)

    func cancel() { flag.store(true, ordering: .relaxed) }

    /// - Throws: `.cancelled` after `cancel`, `.timeBudget` after `deadline`.
    func check(deadline: ContinuousClock.Instant?) throws(LogError) {
        if flag.load(ordering: .relaxed) { throw LogError(.cancelled, "the query was cancelled") }
        if let deadline, ContinuousClock.now > deadline {
            throw LogError(.timeBudget, "the query ran out of time; narrow its time range or its filter")
        }
    }
}
