import LogModel

/// Looks for a regular expression in texts, for what it requires of them first.
struct RegexMatcher: Sendable {
    private let pattern: RegexPattern
    /// Literals, one of which stands in every text that matches. Empty when none are known.
    let requiredLiterals: [Needle]

    init(_ pattern: RegexPattern) {
        self.pattern = pattern
        requiredLiterals = pattern.requiredText.literals.map(Needle.init)
    }

    /// Whether the expression matches somewhere in the text; bytes that are not UTF-8 are matched as they are shown. False
    /// when the budget is used up.
    func occurs(in text: UnsafeRawBufferPointer, scratch: inout MatchScratch) -> Bool {
        if text.isASCII {
            let mayMatch =
                requiredLiterals.isEmpty || requiredLiterals.contains { $0.isASCII && $0.find(in: text, from: 0) >= 0 }
            return mayMatch && isAllowed(text, &scratch) && pattern.program.occurs(in: text)
        }
        guard isAllowed(text, &scratch) else { return false }
        scratch.shown.removeAll(keepingCapacity: true)
        scratch.shown.appendUTF8(text)
        return scratch.shown.withUnsafeBytes { pattern.program.occurs(in: $0) }
    }

    private func isAllowed(_ text: UnsafeRawBufferPointer, _ scratch: inout MatchScratch) -> Bool {
        scratch.budget?.allows(text.count) ?? true
    }
}
