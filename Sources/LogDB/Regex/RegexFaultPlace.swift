/// Finds in a pattern what RE2 complains of. RE2 gives its text, and not where that stands.
enum RegexFaultPlace {
    static func range(of fault: RegexProgram.Fault, in pattern: [UInt8], ignoresCase: Bool) -> Range<Int> {
        switch fault.kind {
        case .missingParenthesis, .unexpectedParenthesis:
            return parenthesis(fault.kind, in: pattern)
        case .missingBracket:
            // What is named goes from the bracket to the end.
            let start = pattern.count - fault.argument.count
            return start..<min(start + 1, pattern.count)
        case .trailingBackslash:
            return max(0, pattern.count - 1)..<pattern.count
        case .badEscape, .badClass, .nothingToRepeat, .badRepeatCount, .repeatedRepeat, .badGroup, .badGroupName,
            .tooLarge, .other:
            return occurrence(of: fault, in: pattern, ignoresCase: ignoresCase)
        }
    }

    /// The first place of the argument with which the pattern up to its end is wrong in the same way: patterns are read
    /// from left to right, and what follows a fault is not looked at.
    private static func occurrence(
        of fault: RegexProgram.Fault, in pattern: [UInt8], ignoresCase: Bool
    ) -> Range<Int> {
        let count = fault.argument.count
        guard count > 0, count <= pattern.count else { return 0..<pattern.count }
        for start in 0...(pattern.count - count) {
            let place = start..<(start + count)
            guard pattern[place].elementsEqual(fault.argument) else { continue }
            do throws(RegexProgram.Fault) {
                // Without memory nothing is compiled, and the syntax is still looked at.
                _ = try RegexProgram(
                    Array(pattern[..<place.upperBound]), ignoresCase: ignoresCase, memoryByteCountMax: 1)
            } catch {
                if error == fault { return place }
            }
        }
        return 0..<pattern.count
    }

    /// The parenthesis that is never closed, or was never opened.
    private static func parenthesis(_ kind: RegexProgram.Fault.Kind, in pattern: [UInt8]) -> Range<Int> {
        var open: [Int] = []
        var index = 0
        while index < pattern.count {
            switch pattern[index] {
            case UInt8(ascii: "\\"):
                index = escapeEnd(pattern, index)
                continue
            case UInt8(ascii: "["):
                index = classEnd(pattern, index)
                continue
            case UInt8(ascii: "("):
                open.append(index)
            case UInt8(ascii: ")"):
                if open.popLast() == nil { return index..<(index + 1) }
            default:
                break
            }
            index += 1
        }
        guard kind == .missingParenthesis, let last = open.last else { return 0..<pattern.count }
        return last..<(last + 1)
    }

    /// The end of the escape at `start`: of two bytes, or from `\Q` to `\E`.
    private static func escapeEnd(_ pattern: [UInt8], _ start: Int) -> Int {
        var index = start + 2
        guard index <= pattern.count, pattern[start + 1] == UInt8(ascii: "Q") else { return index }
        while index < pattern.count {
            if pattern[index...].starts(with: "\\E".utf8) { return index + 2 }
            index += 1
        }
        return index
    }

    /// The end of the class at `start`.
    private static func classEnd(_ pattern: [UInt8], _ start: Int) -> Int {
        var index = start + 1
        if index < pattern.count, pattern[index] == UInt8(ascii: "^") { index += 1 }
        // A bracket that comes first is a member.
        if index < pattern.count, pattern[index] == UInt8(ascii: "]") { index += 1 }
        while index < pattern.count, pattern[index] != UInt8(ascii: "]") {
            if pattern[index] == UInt8(ascii: "\\") {
                index += 2
            } else if let end = namedClassEnd(pattern, index) {
                index = end
            } else {
                index += 1
            }
        }
        return index + 1
    }

    /// The end of `[:name:]`, if that stands at `start`.
    private static func namedClassEnd(_ pattern: [UInt8], _ start: Int) -> Int? {
        guard pattern[start...].starts(with: "[:".utf8) else { return nil }
        var index = start + 2
        while index + 1 < pattern.count {
            if pattern[index...].starts(with: ":]".utf8) { return index + 2 }
            index += 1
        }
        return nil
    }
}
