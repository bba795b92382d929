extension Parser {
    /// `[a TO b]`, `{a TO b}` and mixtures.
    mutating func parseBracketRange(of name: FieldName) throws(QueryErrors) -> ValueSyntax {
        let start = lexer.index
        let isLowerInclusive = lexer.looking(at: "[")
        lexer.index += 1
        lexer.skipSpace()
        let lower = try parseBound(isLowerInclusive, start)
        lexer.skipSpace()
        guard lexer.takeWord("TO", .argument) else { throw missingTo(start) }
        lexer.skipSpace()
        var upper = try parseBound(true, start)
        lexer.skipSpace()
        if lexer.take("}") {
            upper.isInclusive = false
        } else if !lexer.take("]") {
            throw failure(
                "invalid_range", lexer.here, "The range is not closed here.", expected: ["]", "}"])
        }
        return .range(lower, upper)
    }

    private mutating func parseBound(_ isInclusive: Bool, _ start: Int) throws(QueryErrors) -> RangeBound {
        if lexer.takeWord("*", .argument) { return RangeBound(nil, isInclusive: isInclusive) }
        guard !lexer.isBoundary(lexer.index, .argument) || lexer.quote(at: lexer.index) != nil else {
            throw failure(
                "invalid_range", lexer.here,
                "A bound of the range is missing; a range reads [100 TO 200], with * for an open side. "
                    + "Text that begins with a bracket is quoted.",
                expected: ["a value", "*"])
        }
        return RangeBound(try parseScalar(.argument, after: "the bracket"), isInclusive: isInclusive)
    }

    private mutating func missingTo(_ start: Int) -> QueryErrors {
        let here = lexer.index
        if let word = lexer.takeWord(.argument), source.slice(word.span) == "to" {
            return failure(
                "invalid_range", word.span, "Between the bounds of a range stands TO, in capitals.",
                expected: ["TO"], suggestion: "TO")
        }
        lexer.index = here
        let end = source.bytes[start...].firstIndex { $0 == UInt8(ascii: "]") || $0 == UInt8(ascii: "}") }
        let whole = end.map { source.slice(SourceSpan(start: start, count: $0 + 1 - start)) }
        return failure(
            "invalid_range", SourceSpan(start: here, count: 0),
            "A range reads [100 TO 200]; text that begins with a bracket is quoted.", expected: ["TO"],
            suggestion: whole.map { "\"\($0)\"" })
    }

    /// `in(a,b)`, `IN [a b]`. Nil, and nothing taken, where neither stands here.
    mutating func parseSet(of name: FieldName) throws(QueryErrors) -> ValueSyntax? {
        let start = lexer.index
        if lexer.take("in(") {
            return .set(try parseMembers(closing: ")", separator: ",", start: start))
        }
        if lexer.looking(at: "IN(") {
            throw failure(
                "invalid_set", SourceSpan(start: start, count: 3),
                "A set in parentheses begins with in, in small letters.",
                expected: ["in("], suggestion: "in(")
        }
        guard lexer.take("IN") else { return nil }
        lexer.skipSpace()
        guard lexer.take("[") else {
            lexer.index = start
            return nil
        }
        return .set(try parseMembers(closing: "]", separator: nil, start: start))
    }

    private mutating func parseMembers(
        closing: StaticString, separator: StaticString?, start: Int
    ) throws(QueryErrors) -> [ScalarSyntax] {
        var members: [ScalarSyntax] = []
        while true {
            lexer.skipSpace()
            if lexer.looking(at: closing), !members.isEmpty, separator == nil { break }
            guard !lexer.isBoundary(lexer.index, .argument) else { throw missingMember(closing, separator, start) }
            if !members.isEmpty { try countAlternative(lexer.here) }
            members.append(try parseScalar(.argument, after: "the bracket"))
            lexer.skipSpace()
            if let separator, !lexer.take(separator) {
                guard lexer.looking(at: closing) else { throw missingMember(closing, separator, start) }
                break
            }
        }
        _ = lexer.take(closing)
        return members
    }

    private func missingMember(_ closing: StaticString, _ separator: StaticString?, _ start: Int) -> QueryErrors {
        if lexer.isAtEnd {
            return failure(
                "invalid_set", SourceSpan(start: start, count: 3), "The set that opens here is never closed.",
                expected: ["\(closing)"])
        }
        let form = separator == nil ? "IN [a b], its members parted by spaces" : "in(a,b), its members parted by commas"
        return failure(
            "invalid_set", SourceSpan(start: lexer.index, count: 1), "A set reads \(form).",
            expected: ["a value", separator.map { "\($0)" }, "\(closing)"].compactMap(\.self))
    }

    /// `..bound` after a bound. Nil, and nothing taken, where none follows.
    mutating func parseRangeEnd(after lower: ScalarSyntax) throws(QueryErrors) -> ValueSyntax? {
        guard lexer.looking(at: ".."), lexer.byte(at: lexer.index + 2) != UInt8(ascii: ".") else { return nil }
        guard !lexer.isBoundary(lexer.index + 2) else { return nil }
        lexer.index += 2
        return .range(bound(lower), bound(try parseScalar(.clause, after: "..")))
    }

    /// The range that an unquoted value with exactly one `..` between two non-empty sides is, else nil.
    mutating func splitRange(_ word: WordToken) throws(QueryErrors) -> ValueSyntax? {
        if word.rangeMarks.isEmpty { return try parseRangeEnd(after: .word(word.pattern)) }
        guard word.rangeMarks.count == 1, let mark = word.rangeMarks.first else { return nil }
        guard mark > word.span.start, mark + 2 < word.span.end else { return nil }
        return .range(
            bound(.word(lexer.pattern(word.span.start..<mark))),
            bound(.word(lexer.pattern((mark + 2)..<word.span.end))))
    }

    private func bound(_ scalar: ScalarSyntax) -> RangeBound {
        if case .word(let word) = scalar, word.isAnything { return RangeBound(nil) }
        return RangeBound(scalar)
    }
}
