/// How long matching may take where a single group of rows may take long. It ends when the scan is cancelled or past its
/// deadline, and looks every so many bytes.
struct MatchBudget {
    /// At the slowest, with the largest expression, these take some tenths of a second.
    private static let checkedByteCount = 16 << 10

    private let cancellation: CancellationFlag
    private let deadline: ContinuousClock.Instant?
    private var uncheckedByteCount = 0
    /// Why matching ended. What was found is worth nothing then.
    private(set) var failure: LogError?

    init(_ cancellation: CancellationFlag, deadline: ContinuousClock.Instant?) {
        self.cancellation = cancellation
        self.deadline = deadline
    }

    /// Whether a text of this size may be matched.
    mutating func allows(_ byteCount: Int) -> Bool {
        uncheckedByteCount += byteCount
        if uncheckedByteCount >= MatchBudget.checkedByteCount, failure == nil {
            uncheckedByteCount = 0
            do throws(LogError) {
                try cancellation.check(deadline: deadline)
            } catch {
                failure = error
            }
        }
        return failure == nil
    }
}
