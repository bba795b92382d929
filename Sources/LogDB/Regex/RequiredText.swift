/// What every text that matches a regular expression contains: found out from the expression, to look for it fast before
/// the expression itself is matched. It may say less than is true, and never more.
indirect enum RequiredText: Sendable, Equatable {
    /// Nothing is known.
    case unknown
    case literal(Literal)
    /// Every one. Two or more, none of them unknown.
    case all([RequiredText])
    /// At least one. Two or more, none of them unknown.
    case any([RequiredText])

    struct Literal: Sendable, Equatable {
        /// Case-folded, at least one byte. A text contains it when its folding does.
        var bytes: [UInt8]
        /// Whether a token at the literal's start may begin before it in a text, and one at its end go on after it.
        var startsOpen: Bool
        var endsOpen: Bool
    }

    /// - Parameter pattern: An expression that RE2 has accepted.
    init(of pattern: String, ignoresCase: Bool) {
        var reader = RequiredTextReader(pattern, ignoresCase: ignoresCase)
        self = reader.read()
    }

    static func allOf(_ parts: [RequiredText]) -> RequiredText {
        let known = parts.flatMap { part -> [RequiredText] in
            switch part {
            case .unknown: []
            case .all(let parts): parts
            case .literal, .any: [part]
            }
        }
        return known.isEmpty ? .unknown : known.count == 1 ? known[0] : .all(known)
    }

    static func anyOf(_ choices: [RequiredText]) -> RequiredText {
        if choices.contains(.unknown) { return .unknown }
        let choices = choices.flatMap { choice -> [RequiredText] in
            if case .any(let choices) = choice { choices } else { [choice] }
        }
        return choices.count == 1 ? choices[0] : .any(choices)
    }

    /// More literals than these take longer to look for than the expression itself.
    private static let literalCountMax = 8

    /// Literals, one of which stands in every text: the longest that there are, as long texts are rare. Empty when none
    /// are known.
    var literals: [[UInt8]] {
        switch self {
        case .unknown:
            return []
        case .literal(let literal):
            return [literal.bytes]
        case .any(let choices):
            var literals: [[UInt8]] = []
            for choice in choices {
                let some = choice.literals
                if some.isEmpty { return [] }
                for literal in some where !literals.contains(literal) { literals.append(literal) }
            }
            return literals.count <= RequiredText.literalCountMax ? literals : []
        case .all(let parts):
            // The shortest literal of each part decides; then how many there are.
            func rank(_ literals: [[UInt8]]) -> (Int, Int) { (literals.map(\.count).min() ?? 0, -literals.count) }
            return parts.map(\.literals).max { rank($0) < rank($1) } ?? []
        }
    }
}
