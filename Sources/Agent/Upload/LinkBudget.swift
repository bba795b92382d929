import Synchronization

/// Spreads what is sent over time, so that on the average no more than so many bytes go over the link in a second: each
/// batch waits until those before it are paid for.
public final class LinkBudget: Sendable {
    typealias Instant = ContinuousClock.Instant

    private let bytesPerSecond: Int
    /// When all that was sent so far is paid for.
    private let paid: Mutex<Instant?> = Mutex(nil)

    /// - Parameter bytesPerSecond: At least 1.
    public init(bytesPerSecond: Int) { self.bytesPerSecond = max(bytesPerSecond, 1) }

    /// Counts a batch.
    ///
    /// - Returns: When it may go out.
    func take(_ byteCount: Int, now: Instant) -> Instant {
        paid.withLock { paid in
            let start = max(paid ?? now, now)
            paid = start + .seconds(Double(byteCount) / Double(bytesPerSecond))
            return start
        }
    }
}
