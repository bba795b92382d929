/// Whether a commit should wait a moment for callers that are about to come back.
///
/// Clients that send one batch after the other come back soon after each answer. Left alone, two of them take turns, a
/// sync each; a commit that waits for the one that was just answered syncs both at once, and from then on they come
/// together. PostgreSQL's `commit_delay` and `commit_siblings` are for the same; here the number of siblings is what was
/// seen at the last commit, and the longest wait is the time of a sync, which taking turns would cost.
///
/// Who waited in vain waits less often: callers that do not come back cost next to nothing.
struct CallerExpectation {
    /// Callers that were there at the last commit: those that it answered and those that came meanwhile.
    private var callerCount = 0
    /// Commits left before the next wait is tried.
    private var restCount = 0
    /// Waits in vain since the last that was not.
    private var vainCount = 0

    /// Past so many, those that come during a sync make groups that are large enough.
    private static let callerCountMax = 8
    private static let vainCountMax = 10

    /// Notes the callers at the end of a commit.
    mutating func didCommit(answered: Int, waiting: Int) { callerCount = answered + waiting }

    /// How many callers the next commit should wait for: more than are `waiting`, or as many where it should not wait.
    mutating func count(waiting: Int) -> Int {
        guard waiting > 0, waiting < callerCount, callerCount <= CallerExpectation.callerCountMax else {
            return waiting
        }
        guard restCount == 0 else {
            restCount -= 1
            return waiting
        }
        return callerCount
    }

    /// Notes how a wait ended.
    mutating func didWait(haveCome: Bool) {
        vainCount = haveCome ? 0 : min(vainCount + 1, CallerExpectation.vainCountMax)
        restCount = (1 << vainCount) - 1
    }
}
