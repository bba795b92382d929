import Dispatch
import Synchronization

/// Hashes passwords one after the other on a thread of its own: each takes much memory and time.
final class PasswordWorker: Sendable {
    private let queue = DispatchQueue(label: "logdb-passwords")
    private let waiting = Atomic(0)

    /// Requests that may wait; at some 60 ms each, the last waits two seconds.
    private static let waitingCountMax = 32

    /// - Throws: `Problem` 429 `overloaded`.
    func run<R: Sendable>(_ work: @escaping @Sendable () -> R) async throws(Problem) -> R {
        let count = waiting.add(1, ordering: .relaxed).newValue
        defer { waiting.subtract(1, ordering: .relaxed) }
        guard count <= PasswordWorker.waitingCountMax else {
            throw Problem(429, "overloaded", "Too many are signing in at once; try again.", retryAfterSeconds: 2)
        }
        return await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: work()) }
        }
    }
}
