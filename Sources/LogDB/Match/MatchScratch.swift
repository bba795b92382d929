/// Working memory of the matchers, reused from row to row so that a row costs no allocation. One for each thread.
struct MatchScratch {
    /// A folded text.
    var folded: [UInt8] = []

    init() {}
}
