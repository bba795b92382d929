/// The filter part of a query as it was written, before names and values are given a meaning.
public indirect enum FilterSyntax: Hashable, Sendable {
    /// `*`, or no filter at all.
    case everything
    /// At least two operands.
    case and([FilterSyntax])
    /// At least two operands.
    case or([FilterSyntax])
    case not(FilterSyntax)
    /// `field:value`; `has:field` is `field:*`.
    case field(FieldName, ValueSyntax)
    /// `missing:field`
    case missing(FieldName)
    /// Bare text, which searches the message.
    case text(TextSyntax)
    /// A bare regular expression, which searches the message.
    case regex(RegexSyntax)
}

/// What stands after `field:`.
public indirect enum ValueSyntax: Hashable, Sendable {
    /// `*`: there is a value.
    case exists
    /// At least two operands.
    case and([ValueSyntax])
    /// At least two operands.
    case or([ValueSyntax])
    case not(ValueSyntax)
    case compare(ComparisonOperator, ScalarSyntax)
    case range(RangeBound, RangeBound)
    /// `in(a,b)` or `IN [a b]`; at least one member.
    case set([ScalarSyntax])
    case regex(RegexSyntax)
    case text(TextSyntax)
}

public enum ComparisonOperator: String, Hashable, Sendable, CaseIterable {
    case greaterOrEqual = ">="
    case greater = ">"
    case lessOrEqual = "<="
    case less = "<"
    case equal = "="
    case notEqual = "!="
}

/// One end of a range.
public struct RangeBound: Hashable, Sendable {
    /// Nil: open, written `*`.
    public var scalar: ScalarSyntax?
    public var isInclusive: Bool

    public init(_ scalar: ScalarSyntax?, isInclusive: Bool = true) {
        self.scalar = scalar
        self.isInclusive = isInclusive
    }
}

/// Text in quotes, escapes resolved.
public struct QuotedText: Hashable, Sendable {
    public var text: String
    public var span: SourceSpan

    public init(_ text: String, span: SourceSpan = .none) {
        self.text = text
        self.span = span
    }
}

/// Text to look for.
public enum TextSyntax: Hashable, Sendable {
    /// `"…"`, or `"…"*` when the end is open.
    case quoted(QuotedText, isPrefix: Bool)
    case word(WordPattern)

    public var span: SourceSpan {
        switch self {
        case .quoted(let quoted, _): quoted.span
        case .word(let word): word.span
        }
    }
}

/// One value to compare with.
public enum ScalarSyntax: Hashable, Sendable {
    case quoted(QuotedText)
    case word(WordPattern)

    public var span: SourceSpan {
        switch self {
        case .quoted(let quoted): quoted.span
        case .word(let word): word.span
        }
    }

    /// The value, or nil where wildcards stand in it.
    public var literalText: String? {
        switch self {
        case .quoted(let quoted): quoted.text
        case .word(let word): word.literalText
        }
    }
}

/// `/pattern/` or `/pattern/i`.
public struct RegexSyntax: Hashable, Sendable {
    /// What stands between the slashes, escapes as written.
    public var pattern: String
    public var ignoresCase: Bool
    public var span: SourceSpan

    public init(_ pattern: String, ignoresCase: Bool = false, span: SourceSpan = .none) {
        self.pattern = pattern
        self.ignoresCase = ignoresCase
        self.span = span
    }
}
