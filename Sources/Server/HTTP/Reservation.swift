/// What one request holds of a budget. Belongs to one task; `release` gives it back.
struct Reservation {
    private let budget: ByteBudget
    private let holder: ByteBudget.HolderID
    private let most: Int
    private let wait: Duration
    private(set) var byteCount = 0

    /// - Parameter most: What it may grow to, in bytes; all there is where it is more.
    init(_ budget: ByteBudget, most: Int, wait: Duration) {
        self.budget = budget
        self.most = min(most, budget.byteCountMax)
        self.wait = wait
        holder = budget.makeHolder()
    }

    /// Holds at least `byteCountMin` bytes, or the most it may.
    ///
    /// - Throws: `Problem` 429 `overloaded` when they do not come in time.
    mutating func grow(to byteCountMin: Int) async throws(Problem) {
        let byteCountMin = min(byteCountMin, most)
        guard byteCountMin > byteCount else { return }
        guard await budget.take(byteCountMin - byteCount, for: holder, most: most, within: wait) else {
            throw Problem(
                429, "overloaded", "Other requests fill the memory set aside for them; try again.",
                retryAfterSeconds: 1)
        }
        byteCount = byteCountMin
    }

    /// Holds no more than this from now on.
    mutating func shrink(to byteCountMax: Int) {
        guard byteCountMax < byteCount else { return }
        budget.give(back: byteCount - byteCountMax, from: holder)
        byteCount = byteCountMax
    }

    mutating func release() { shrink(to: 0) }
}
