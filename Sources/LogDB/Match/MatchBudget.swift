/// How long matching may take where a single group of rows may take long. It ends when the scan is cancelled or past its
/// deadline, and looks every so much work; and when an expression is so slow that the deadline would come too late.
struct MatchBudget {
    /// Bytes of text times instructions of the expression: at the slowest, these take some hundredths of a second.
    private static let checkedWork = 2 << 20
    /// Expressions of fewer instructions are fast enough, whatever the text.
    private static let slowInstructionCount = 128
    /// Nanoseconds a byte that no expression takes but one whose states are too many to be kept.
    private static let slowByteTime = 250
    private let cancellation: CancellationFlag
    private let deadline: ContinuousClock.Instant?
    private let slowTimeMax: Duration
    private var uncheckedWork = 0
    private var slowTime = Duration.zero
    /// Why matching ended. What was found is worth nothing then.
    private(set) var failure: LogError?

    /// - Parameters:
    ///   - deadline: Nil: never.
    ///   - slowTimeMax: How long a thread may spend on texts that take too long, where there is a deadline.
    init(
        _ cancellation: CancellationFlag, deadline: ContinuousClock.Instant?, slowTimeMax: Duration = .seconds(1)
    ) {
        self.cancellation = cancellation
        self.deadline = deadline
        self.slowTimeMax = slowTimeMax
    }

    /// Matches a text of this size with an expression, where that is allowed still; nil where not.
    mutating func match(_ byteCount: Int, instructionCount: Int, _ body: () -> Bool) -> Bool? {
        guard allows(byteCount, instructionCount) else { return nil }
        guard instructionCount >= MatchBudget.slowInstructionCount, deadline != nil else { return body() }
        let start = ContinuousClock.now
        let answer = body()
        let time = start.duration(to: .now)
        if time > .nanoseconds(byteCount * MatchBudget.slowByteTime) {
            slowTime += time
            if slowTime > slowTimeMax, failure == nil {
                failure = LogError(
                    .timeBudget,
                    "the regular expression takes too long on these texts; make its counts in { } and its alternatives "
                        + "fewer, or narrow the query with words")
            }
        }
        return failure == nil ? answer : nil
    }

    private mutating func allows(_ byteCount: Int, _ instructionCount: Int) -> Bool {
        uncheckedWork += byteCount * max(instructionCount, 1)
        if uncheckedWork >= MatchBudget.checkedWork, failure == nil {
            uncheckedWork = 0
            do throws(LogError) {
                try cancellation.check(deadline: deadline)
            } catch {
                failure = error
            }
        }
        return failure == nil
    }
}
