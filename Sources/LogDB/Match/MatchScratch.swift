/// Working memory of the matchers, reused from row to row so that a row costs no allocation, and what they may use up.
/// One for each thread.
struct MatchScratch {
    /// A folded text.
    var folded: [UInt8] = []
    /// A text as it is shown.
    var shown: [UInt8] = []
    var budget: MatchBudget

    /// - Parameter budget: By default matching may take as long as it takes.
    init(budget: MatchBudget = MatchBudget(CancellationFlag(), deadline: nil)) { self.budget = budget }
}
