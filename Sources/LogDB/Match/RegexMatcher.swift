import LogModel

/// Looks for a regular expression in texts, for what it requires of them first.
///
/// A class, as `TextMatcher`: who holds one for a row must not count references to each of its parts.
final class RegexMatcher: Sendable {
    private let program: RegexProgram
    private let instructionCount: Int
    /// Literals, one of which stands in every text that matches. Empty when none are known.
    let requiredLiterals: [Needle]

    init(_ pattern: RegexPattern) {
        program = pattern.program
        instructionCount = pattern.instructionCount
        requiredLiterals = pattern.requiredText.literals.map(Needle.init)
    }

    /// Whether the expression matches somewhere in the text; bytes that are not UTF-8 are matched as they are shown. False
    /// when the budget is used up.
    func occurs(in text: UnsafeRawBufferPointer, scratch: inout MatchScratch) -> Bool {
        if text.isASCII {
            let mayMatch =
                requiredLiterals.isEmpty || requiredLiterals.contains { $0.isASCII && $0.find(in: text, from: 0) >= 0 }
            return mayMatch && occursWithin(&scratch.budget, text)
        }
        scratch.shown.removeAll(keepingCapacity: true)
        scratch.shown.appendUTF8(text)
        var budget = scratch.budget
        defer { scratch.budget = budget }
        return scratch.shown.withUnsafeBytes { occursWithin(&budget, $0) }
    }

    /// - Parameter text: Well-formed UTF-8.
    private func occursWithin(_ budget: inout MatchBudget, _ text: UnsafeRawBufferPointer) -> Bool {
        budget.match(text.count, instructionCount: instructionCount) { program.occurs(in: text) } ?? false
    }
}
