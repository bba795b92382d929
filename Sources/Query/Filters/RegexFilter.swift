import LogDB
import LogModel

/// `/…/`: a regular expression in the message, or in another field.
extension Planner {
    mutating func regexFilter(_ regex: RegexSyntax, of field: Field) -> Filter {
        switch field {
        case .time, .received:
            return refuse(
                regex, "A time is no text; compare it, or give a range.",
                expected: ["\(field.name):>=2025-01-03", "\(field.name):[2025-01-03 TO 2025-01-04]"])
        case .id:
            return refuse(
                regex, "An id is looked up whole: it is no text to be searched.", expected: ["the id of an entry"])
        case .level, .message, .device, .session, .module, .logger, .process, .thread, .context: break
        }
        guard let pattern = pattern(regex) else { return .nothing }
        switch field {
        case .level: return levelFilter(regex, pattern)
        case .message: return .text(.regex(pattern))
        default: return .value(field, .regex(pattern))
        }
    }

    /// The levels whose names match; at least one must.
    private mutating func levelFilter(_ regex: RegexSyntax, _ pattern: RegexPattern) -> Filter {
        let found = Level.allCases.filter { pattern.occurs(in: $0.name) }
        guard found.isEmpty else { return .level(found.reduce(into: LevelSet()) { $0.insert(LevelSet($1)) }) }
        let ignoring = try? RegexPattern(regex.pattern, ignoresCase: true)
        let isCase = Level.allCases.contains { ignoring?.occurs(in: $0.name) ?? false }
        fail(
            "unknown_level", regex.span,
            isCase
                ? "No level matches: an expression is case-sensitive, unless an i stands behind it."
                : "No level matches the expression.",
            expected: Level.allCases.map(\.name), suggestion: isCase ? "/\(regex.pattern)/i" : nil)
        return .nothing
    }

    private mutating func refuse(_ regex: RegexSyntax, _ message: String, expected: [String]) -> Filter {
        fail("invalid_value", regex.span, message, expected: expected)
        return .nothing
    }

    /// The compiled expression, or nil, with an error, where there is none or where it is one too many.
    mutating func pattern(_ regex: RegexSyntax) -> RegexPattern? {
        regexCount += 1
        guard regexCount <= QueryLimits.regexCountMax else {
            if regexCount == QueryLimits.regexCountMax + 1 {
                fail(
                    "too_many_regexes", regex.span,
                    "A query may have \(QueryLimits.regexCountMax) regular expressions; this is one more.",
                    expected: ["alternatives within one expression: /a|b/"])
            }
            return nil
        }
        let pattern: RegexPattern
        do throws(RegexError) {
            pattern = try RegexPattern(regex.pattern, ignoresCase: regex.ignoresCase)
        } catch {
            // One more for the slash.
            let place = SourceSpan(start: regex.span.start + 1 + error.offset, count: error.length)
            fail(
                error.kind == .tooLarge ? "regex_too_large" : "invalid_regex", place, error.message,
                expected: error.expected, suggestion: error.suggestion)
            return nil
        }
        let before = regexInstructionCount
        regexInstructionCount += pattern.instructionCount
        let max = QueryLimits.regexInstructionCountMax
        if before <= max, regexInstructionCount > max {
            fail(
                "regex_too_large", regex.span,
                "The regular expressions of a query may have \(max) instructions together when compiled; "
                    + "up to this one they have \(regexInstructionCount).",
                expected: ["smaller counts in { }", "fewer expressions"])
        }
        return pattern
    }
}
