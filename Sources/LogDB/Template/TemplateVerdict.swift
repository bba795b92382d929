import LogModel

/// What a template says of its messages for a test of the text.
enum TemplateVerdict: UInt8 {
    /// None passes.
    case none
    /// The slots' values decide.
    case some
    /// Every one passes.
    case all
}

extension TextMatcher {
    /// What each template says.
    ///
    /// The test is made on the templates' texts, in which a slot reads as one digit. Where the searched text has no digit
    /// and is bounded by whole words, no part of it can stand in a slot, whose words all have digits: then a template
    /// decides by itself. Elsewhere the slots are looked into only where a literal that the test needs may stand across
    /// them.
    func verdicts(_ templates: MessageTemplates, scratch: inout MatchScratch) -> [TemplateVerdict] {
        let count = templates.count
        var passing = Bitmap(count: count)
        templates.texts.bytes.withUnsafeBytes { bytes in
            templates.texts.ends.withUnsafeBufferPointer { ends in
                matches(
                    bytes: bytes, ends: ends, rows: Bitmap(count: count, all: true), into: &passing, scratch: &scratch)
            }
        }
        let reach = slotReach
        let literals = requiredLiterals.map { LiteralReach($0) }
        return (0..<count).map { template in
            let layout = templates.layouts[template]
            if layout.slots.isEmpty { return passing[template] ? .all : .none }
            if passing[template] { return reach.mayMisread ? .some : .all }
            guard layout.isOpaque || reach.mayEnter else { return .none }
            let mayOccur = literals.isEmpty || literals.contains { $0.mayOccur(in: templates, template) }
            return mayOccur ? .some : .none
        }
    }

    /// Folded literals of which a message that passes holds one; empty when none is known.
    private var requiredLiterals: [[UInt8]] {
        switch method {
        case .constant: []
        case .phrase(let phrase): [phrase.needle.bytes]
        case .textWildcard(let wildcard), .tokenWildcard(let wildcard):
            wildcard.requiredLiteral.map { [$0.bytes] } ?? []
        case .regex(let regex): regex.requiredLiterals.map(\.bytes)
        }
    }

    /// How a match relates to slots.
    private var slotReach: (mayEnter: Bool, mayMisread: Bool) {
        switch method {
        case .constant:
            return (false, false)
        case .phrase(let phrase):
            let bytes = phrase.needle.bytes
            let hasDigit = bytes.contains { $0 &- 0x30 < 10 }
            return (hasDigit || phrase.endsOpen, bytes.contains(MessageTemplates.placeholder))
        case .textWildcard, .tokenWildcard, .regex:
            return (true, true)
        }
    }
}
