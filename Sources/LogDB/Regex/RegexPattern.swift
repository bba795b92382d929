/// A regular expression, compiled: RE2's syntax, matched in time linear in the text whatever the expression is.
///
/// It is looked for anywhere in a text, unless `^` and `$` say otherwise; these are the text's ends, and those of its
/// lines under `(?m)`. `.` is any character but a line feed. Letters are compared as they are, or, when case is ignored,
/// by Unicode's simple folding. `\w`, `\d`, `\s` and `\b` know ASCII only; `\pL` and the like know Unicode.
///
/// A text is matched as it is shown: a stretch of bytes that is not UTF-8 is one U+FFFD.
public struct RegexPattern: Sendable {
    /// Bytes of memory that one compiled expression may take, with all that matching adds to it.
    public static let memoryByteCountMax = 2 << 20
    /// Instructions of one compiled expression. In the worst case each takes some nanoseconds for each byte of text.
    public static let instructionCountMax = 5_000

    /// The expression as it was written.
    public let text: String
    public let ignoresCase: Bool
    let program: RegexProgram
    /// What every text that matches contains.
    let requiredText: RequiredText

    /// - Throws: `RegexError` when the text is no expression, or one that goes beyond a bound.
    public init(_ text: String, ignoresCase: Bool = false) throws(RegexError) {
        let pattern = Array(text.utf8)
        do throws(RegexProgram.Fault) {
            program = try RegexProgram(
                pattern, ignoresCase: ignoresCase, memoryByteCountMax: RegexPattern.memoryByteCountMax)
        } catch {
            throw RegexError(error, pattern, ignoresCase: ignoresCase)
        }
        guard program.instructionCount <= RegexPattern.instructionCountMax else {
            throw RegexError(instructionCount: program.instructionCount, pattern)
        }
        self.text = text
        self.ignoresCase = ignoresCase
        requiredText = RequiredText(of: text, ignoresCase: ignoresCase)
    }

    /// How large the compiled program is; at most `instructionCountMax`.
    public var instructionCount: Int { program.instructionCount }

    /// Whether the expression matches somewhere in the text.
    public func occurs(in text: String) -> Bool {
        var text = text
        return text.withUTF8 { program.occurs(in: UnsafeRawBufferPointer($0)) }
    }
}

extension RegexPattern: Equatable {
    /// Expressions are equal when they are written the same.
    public static func == (left: RegexPattern, right: RegexPattern) -> Bool {
        left.text == right.text && left.ignoresCase == right.ignoresCase
    }
}
