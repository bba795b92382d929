/// Why a text is no regular expression.
public struct RegexError: Error, Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// The text breaks the syntax.
        case syntax
        /// The compiled expression would go beyond `RegexPattern.instructionCountMax` or `memoryByteCountMax`.
        case tooLarge
    }

    public var kind: Kind
    /// Where in the pattern, in bytes of UTF-8 from its start.
    public var offset: Int
    /// How many bytes.
    public var length: Int
    /// One sentence for a person.
    public var message: String
    /// What could stand there instead.
    public var expected: [String]
    /// Text that would be right in place of the bytes, where one is likely.
    public var suggestion: String?

    init(
        _ kind: Kind, _ place: Range<Int>, _ message: String, expected: [String] = [], suggestion: String? = nil
    ) {
        self.kind = kind
        offset = place.lowerBound
        length = place.count
        self.message = message
        self.expected = expected
        self.suggestion = suggestion
    }

    init(instructionCount: Int, _ pattern: [UInt8]) {
        self.init(
            .tooLarge, 0..<pattern.count,
            "A regular expression may have \(RegexPattern.instructionCountMax) instructions when compiled; "
                + "this one has \(instructionCount).",
            expected: RegexError.smaller)
    }

    static let smaller = ["smaller counts in { }", "an expression without counts, such as \\pL+ for \\pL{1,100}"]
}
