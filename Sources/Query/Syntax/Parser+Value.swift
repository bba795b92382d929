extension Parser {
    /// What stands after `field:`.
    mutating func parseValue(of name: FieldName) throws(QueryErrors) -> ValueSyntax {
        if lexer.looking(at: "(") { return try parseGroup(of: name) }
        return try parseSingleValue(of: name)
    }

    /// `field:( … )`
    private mutating func parseGroup(of name: FieldName) throws(QueryErrors) -> ValueSyntax {
        let open = SourceSpan(start: lexer.index, count: 1)
        try enter(open)
        lexer.index += 1
        try refuseEmptyParentheses(open)
        var operands = [try parseGroupAnd(of: name, after: nil)]
        while let span = takeOr() {
            try countAlternative(span)
            operands.append(try parseGroupAnd(of: name, after: "OR"))
        }
        try closeParenthesis(open)
        leave()
        return operands.count > 1 ? .or(operands) : operands[0]
    }

    private mutating func parseGroupAnd(of name: FieldName, after operator: String?) throws(QueryErrors) -> ValueSyntax
    {
        var operands: [ValueSyntax] = []
        var lastAnd: SourceSpan?
        while !isAtClauseEnd {
            let start = lexer.index
            if lexer.takeWord("AND") || lexer.take("&&") {
                let span = lexer.span(from: start)
                if lastAnd != nil || operands.isEmpty { throw missingOperand("AND", span, isBefore: true) }
                lastAnd = span
            } else {
                operands.append(try parseGroupUnary(of: name))
                lastAnd = nil
            }
        }
        if let lastAnd { throw missingOperand("AND", lastAnd, isBefore: false) }
        if operands.isEmpty {
            if let `operator` { throw missingOperand(`operator`, lexer.here, isBefore: false) }
            let start = lexer.index
            if let span = takeOr() { throw missingOperand("OR", span, isBefore: true) }
            lexer.index = start
            throw unexpectedEnd()
        }
        return operands.count > 1 ? .and(operands) : operands[0]
    }

    private mutating func parseGroupUnary(of name: FieldName) throws(QueryErrors) -> ValueSyntax {
        var negationCount = 0
        while let span = takeGroupNegation() {
            negationCount += 1
            try enter(span)
            if isAtClauseEnd { throw missingOperand("NOT", span, isBefore: false) }
        }
        var value = try parseValue(of: name)
        for _ in 0..<negationCount {
            value = .not(value)
            leave()
        }
        return value
    }

    /// As at the start of a clause, but before a digit `-` is a sign.
    private mutating func takeGroupNegation() -> SourceSpan? {
        let start = lexer.index
        if lexer.takeWord("NOT") {
            lexer.skipSpace()
            return SourceSpan(start: start, count: 3)
        }
        guard isSign(at: start), !isSign(at: start + 1), let next = lexer.byte(at: start + 1) else { return nil }
        if lexer.looking(at: "-"), next >= 0x30, next <= 0x39 { return nil }
        // `!=` is a comparison.
        if lexer.looking(at: "!=") { return nil }
        guard next == UInt8(ascii: "(") || !lexer.isBoundary(start + 1) else { return nil }
        lexer.index += 1
        return lexer.span(from: start)
    }

    private mutating func parseSingleValue(of name: FieldName) throws(QueryErrors) -> ValueSyntax {
        for comparison in ComparisonOperator.allCases where takeComparison(comparison) {
            return .compare(comparison, try parseScalar(.value, after: comparison.rawValue))
        }
        if lexer.looking(at: "[") || lexer.looking(at: "{") { return try parseBracketRange(of: name) }
        if let set = try parseSet(of: name) { return set }
        if let regex = try lexer.takeRegex() { return .regex(regex) }
        if let quoted = try lexer.takeString() {
            if let range = try parseRangeEnd(after: .quoted(quoted)) { return range }
            return .text(.quoted(quoted, isPrefix: lexer.take("*")))
        }
        let start = lexer.index
        if lexer.takeWord("AND") || lexer.takeWord("OR") || lexer.take("&&") {
            throw missingOperand(source.slice(lexer.span(from: start)), lexer.span(from: start), isBefore: true)
        }
        guard let word = lexer.takeWord(.value) else { throw unexpectedEnd() }
        if let range = try splitRange(word) { return range }
        if word.pattern.isAnything { return .exists }
        warnOfLowercase(word)
        return .text(.word(word.pattern))
    }

    private mutating func takeComparison(_ comparison: ComparisonOperator) -> Bool {
        switch comparison {
        case .greaterOrEqual: lexer.take(">=")
        case .greater: lexer.take(">")
        case .lessOrEqual: lexer.take("<=")
        case .less: lexer.take("<")
        case .equal: lexer.take("=")
        case .notEqual: lexer.take("!=")
        }
    }

    /// A value to compare with, which must stand right here.
    mutating func parseScalar(_ mode: WordMode, after what: String) throws(QueryErrors) -> ScalarSyntax {
        if let quoted = try lexer.takeString() { return .quoted(quoted) }
        if let word = lexer.takeWord(mode == .value ? .clause : mode) { return .word(word.pattern) }
        let span = lexer.here
        let hasSpace = lexer.skipSpace() && !lexer.isAtEnd
        throw failure(
            "expected_value", span,
            "A value is missing after \(what)\(hasSpace && mode == .value ? "; no space may stand before it" : "").",
            expected: ["a number", "a time", "a word", "a string"])
    }
}
