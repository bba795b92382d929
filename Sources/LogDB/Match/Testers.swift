/// Evaluates a test of values one value at a time, outside of a scan. Used by one thread at a time.
public struct ValueTester {
    private let matcher: ValueMatcher
    private var scratch: MatchScratch

    /// - Parameter deadline: Past it every value fails, and `failure` says why. Nil: never.
    public init(_ test: ValueTest, deadline: ContinuousClock.Instant? = nil) {
        matcher = ValueMatcher(test)
        scratch = MatchScratch(budget: MatchBudget(CancellationFlag(), deadline: deadline))
    }

    /// Whether a value that is there passes.
    public mutating func passes(_ value: UnsafeRawBufferPointer) -> Bool { matcher.matches(value, scratch: &scratch) }

    /// Why what `passes` says is worth nothing any more.
    public var failure: LogError? { scratch.budget.failure }
}

/// Evaluates a test of text one message at a time, outside of a scan. Used by one thread at a time.
public struct TextTester {
    private let matcher: TextMatcher
    private var scratch: MatchScratch

    /// - Parameter deadline: Past it every text fails, and `failure` says why. Nil: never.
    public init(_ test: TextTest, deadline: ContinuousClock.Instant? = nil) {
        matcher = TextMatcher(test)
        scratch = MatchScratch(budget: MatchBudget(CancellationFlag(), deadline: deadline))
    }

    public mutating func passes(_ text: UnsafeRawBufferPointer) -> Bool { matcher.matches(text, scratch: &scratch) }

    /// Why what `passes` says is worth nothing any more.
    public var failure: LogError? { scratch.budget.failure }
}
