extension RegexError {
    /// - Parameters:
    ///   - fault: What RE2 says of `pattern`.
    ///   - pattern: UTF-8.
    init(_ fault: RegexProgram.Fault, _ pattern: [UInt8], ignoresCase: Bool) {
        let place = RegexFaultPlace.range(of: fault, in: pattern, ignoresCase: ignoresCase)
        let written = String(decoding: pattern[place], as: UTF8.self)
        switch fault.kind {
        case .badEscape:
            self = RegexError.badEscape(written, place)
        case .badClass:
            self.init(.syntax, place, "“\(written)” is no class of characters, and no range in one.")
        case .missingBracket:
            self.init(
                .syntax, place, "The bracket that opens here is never closed.", expected: ["a closing ]"],
                suggestion: "\\[")
        case .missingParenthesis:
            self.init(
                .syntax, place, "The parenthesis that opens here is never closed.", expected: ["a closing )"],
                suggestion: "\\(")
        case .unexpectedParenthesis:
            self.init(.syntax, place, "This parenthesis was never opened.", suggestion: "\\)")
        case .trailingBackslash:
            self.init(.syntax, place, "A backslash needs a character to escape.", suggestion: "\\\\")
        case .nothingToRepeat:
            self.init(.syntax, place, "There is nothing before “\(written)” to repeat.", suggestion: "\\\(written)")
        case .badRepeatCount:
            self.init(
                .syntax, place,
                "“\(written)” is no count: the larger number comes last, and counts go up to 1000, those of "
                    + "repetitions inside one another multiplied.",
                expected: ["{2,5}"])
        case .repeatedRepeat:
            self.init(
                .syntax, place, "A repetition cannot be repeated as in “\(written)”.",
                expected: ["one repetition", "parentheses around what the first one repeats"])
        case .badGroup:
            self = RegexError.badGroup(written, place, pattern)
        case .badGroupName:
            self.init(.syntax, place, "“\(written)” names no group.", expected: ["(?P<name>…)"])
        case .tooLarge:
            self.init(
                .tooLarge, place,
                "The expression is too large: compiled it takes more than "
                    + "\(RegexPattern.memoryByteCountMax >> 20) MiB.",
                expected: RegexError.smaller)
        case .other:
            self.init(.syntax, place, "This is no regular expression.")
        }
    }

    private static func badEscape(_ escape: String, _ place: Range<Int>) -> RegexError {
        let kind = escape.unicodeScalars.dropFirst().first
        if let kind, ("1"..."9").contains(kind) || kind == "k" {
            return RegexError(
                .syntax, place,
                "A group cannot be referred to as by “\(escape)”: matching takes linear time, whatever the expression.")
        }
        let suggestion: String? =
            switch kind {
            case "Z": "\\z"
            case "h": "\\s"
            case let kind? where kind.value >= 0x80: String(kind)
            default: nil
            }
        return RegexError(.syntax, place, "There is no escape “\(escape)”.", suggestion: suggestion)
    }

    private static func badGroup(_ written: String, _ place: Range<Int>, _ pattern: [UInt8]) -> RegexError {
        let rest = pattern[place.lowerBound...]
        if ["(?=", "(?!", "(?<=", "(?<!"].contains(where: { rest.starts(with: $0.utf8) }) {
            return RegexError(
                .syntax, place,
                "An expression cannot look ahead or behind: matching takes linear time, whatever the expression.",
                expected: ["\\b, ^ or $", "a second expression, with AND or NOT"])
        }
        if written == "(?<" {
            return RegexError(.syntax, place, "A group is named as in (?P<name>…).", suggestion: "(?P<")
        }
        return RegexError(
            .syntax, place, "“\(written)” begins no kind of group.",
            expected: ["(…)", "(?:…)", "(?i:…)", "(?P<name>…)"])
    }
}
