/// One thing that is wrong with a query, precise enough to underline it and to offer a correction.
public struct QueryDiagnostic: Hashable, Sendable {
    /// A stable name for the kind of error, such as `unclosed_quote` or `not_supported_yet`.
    public var code: String
    /// Where it begins, in characters (Unicode scalars, not bytes) from the start of the text, counted from 0.
    public var offset: Int
    /// How many characters (Unicode scalars) it spans; 0 where something is missing.
    public var length: Int
    /// One sentence for a person.
    public var message: String
    /// What could stand there instead.
    public var expected: [String]
    /// Text that would be right in place of the span, where one is likely.
    public var suggestion: String?

    public init(
        code: String, offset: Int, length: Int, message: String, expected: [String] = [], suggestion: String? = nil
    ) {
        self.code = code
        self.offset = offset
        self.length = length
        self.message = message
        self.expected = expected
        self.suggestion = suggestion
    }
}

/// Why a query was refused. Nothing was executed.
public struct QueryErrors: Error, Hashable, Sendable, CustomStringConvertible {
    /// One or more, in the order of the text.
    public var diagnostics: [QueryDiagnostic]

    public init(_ diagnostics: [QueryDiagnostic]) { self.diagnostics = diagnostics }

    /// Each diagnostic on a line: offset, message, suggestion.
    public var description: String {
        diagnostics.map { diagnostic in
            let hint = diagnostic.suggestion.map { " Did you mean \($0)?" } ?? ""
            return "at \(diagnostic.offset): \(diagnostic.message)\(hint)"
        }.joined(separator: "\n")
    }
}

/// Something about a query that was executed and that its author may not have meant.
public struct QueryWarning: Hashable, Sendable {
    /// A stable name for the kind of warning, such as `lowercase_operator`.
    public var code: String
    /// One sentence for a person.
    public var message: String
    /// Where it begins, in characters (Unicode scalars) from the start of the text. Nil: the whole query.
    public var offset: Int?
    /// How many characters (Unicode scalars) it spans.
    public var length: Int?

    public init(code: String, message: String, offset: Int? = nil, length: Int? = nil) {
        self.code = code
        self.message = message
        self.offset = offset
        self.length = length
    }
}
