import LogModel

/// Takes the text of an expression's groups out of texts. Used by one thread at a time.
public struct RegexCaptures {
    private let pattern: RegexPattern
    /// The groups that are wanted, from 1.
    private let groups: [Int]
    private var bounds: [Int64]
    private var shown: [UInt8] = []
    private var budget: MatchBudget
    private let instructionCount: Int

    /// - Parameters:
    ///   - groups: Numbers of groups of the pattern, from 1.
    ///   - deadline: After it nothing is found any more, and `failure` says so. Nil: never.
    public init(_ pattern: RegexPattern, groups: [Int], deadline: ContinuousClock.Instant? = nil) {
        self.pattern = pattern
        self.groups = groups
        instructionCount = pattern.instructionCount
        budget = MatchBudget(CancellationFlag(), deadline: deadline)
        bounds = [Int64](repeating: -1, count: 2 * (groups.max() ?? 0))
    }

    /// Why finding ended: `timeBudget`. What was found since is worth nothing.
    public var failure: LogError? { budget.failure }

    /// Calls `body` with the place of each of the groups in `groups`, and its text in the first match in `text`; nil for a
    /// group that takes no part. Valid within `body` only. Bytes that are not UTF-8 are taken as they are shown.
    ///
    /// - Returns: False, without a call, when nothing matches.
    public mutating func find(
        in text: UnsafeRawBufferPointer, _ body: (Int, UnsafeRawBufferPointer?) -> Void
    ) -> Bool {
        shown.removeAll(keepingCapacity: true)
        shown.appendUTF8(text)
        var budget = budget
        // Taken rather than copied: one text is not to cost an array.
        var bounds: [Int64] = []
        swap(&bounds, &self.bounds)
        defer {
            self.budget = budget
            swap(&bounds, &self.bounds)
        }
        return shown.withUnsafeBytes { bytes in
            let isFound = budget.match(bytes.count, instructionCount: instructionCount) {
                pattern.program.capture(in: bytes, &bounds)
            }
            guard isFound == true else { return false }
            for (place, group) in groups.enumerated() {
                let (begin, end) = (bounds[group * 2 - 2], bounds[group * 2 - 1])
                body(place, begin < 0 ? nil : UnsafeRawBufferPointer(rebasing: bytes[Int(begin)..<Int(end)]))
            }
            return true
        }
    }
}
