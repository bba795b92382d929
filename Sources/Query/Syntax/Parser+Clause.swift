extension Parser {
    /// One operand of a filter.
    mutating func parsePrimary(_ scope: Scope) throws(QueryErrors) -> FilterSyntax {
        if lexer.looking(at: "(") { return try parseParentheses(scope) }
        if let quoted = try lexer.takeString() {
            if lexer.looking(at: ":") {
                if !lexer.isBoundary(lexer.index + 1) || lexer.byte(at: lexer.index + 1) == UInt8(ascii: "(") {
                    lexer.index += 1
                    let name = FieldName(quoted.text, span: quoted.span)
                    return .field(name, try parseValue(of: name))
                }
                warnOfLiteral(FieldName(quoted.text, span: quoted.span))
            }
            return .text(.quoted(quoted, isPrefix: lexer.take("*")))
        }
        if let regex = try lexer.takeRegex() { return .regex(regex) }
        if let name = takeFieldPrefix() { return try parseField(name) }
        // At the top level time clauses were taken before; one that is left stands in the wrong place, and this throws.
        _ = try takeTimeClause(scope == .top ? .inside : scope)
        let start = lexer.index
        if lexer.takeWord("AND") || lexer.takeWord("OR") || lexer.take("&&") {
            throw missingOperand(source.slice(lexer.span(from: start)), lexer.span(from: start), isBefore: true)
        }
        guard let word = lexer.takeWord(.clause) else { throw unexpectedEnd() }
        if word.pattern.isAnything { return .everything }
        warnOfLowercase(word)
        return .text(.word(word.pattern))
    }

    private mutating func parseParentheses(_ scope: Scope) throws(QueryErrors) -> FilterSyntax {
        let open = SourceSpan(start: lexer.index, count: 1)
        try enter(open)
        lexer.index += 1
        try refuseEmptyParentheses(open)
        guard let filter = try parseOr(scope == .top ? .inside : scope) else { throw unexpectedEnd() }
        try closeParenthesis(open)
        leave()
        return filter
    }

    mutating func refuseEmptyParentheses(_ open: SourceSpan) throws(QueryErrors) {
        lexer.skipSpace()
        guard lexer.looking(at: ")") else { return }
        let span = SourceSpan(start: open.start, count: lexer.index + 1 - open.start)
        throw failure(
            "empty_parentheses", span, "There is nothing between these parentheses; to search for them, quote them.",
            expected: ["a clause"], suggestion: "\"()\"")
    }

    mutating func closeParenthesis(_ open: SourceSpan) throws(QueryErrors) {
        lexer.skipSpace()
        guard lexer.take(")") else {
            throw failure(
                "unclosed_parenthesis", open, "The parenthesis that opens here is never closed.", expected: [")"])
        }
    }

    /// Takes `field:` where a value follows it at once. A time name is left alone, and so is a name that white space,
    /// `)`, `|` or the end follows: that is literal text.
    private mutating func takeFieldPrefix() -> FieldName? {
        let start = lexer.index
        guard let name = lexer.takeIdentifierPath(), lexer.take(":") else {
            lexer.index = start
            return nil
        }
        let hasValue = lexer.looking(at: "(") || !lexer.isBoundary(lexer.index)
        let isTime = !name.isAttribute && FieldName.timeNames.contains(name.name)
        if hasValue, !isTime { return name }
        if !isTime { warnOfLiteral(name) }
        lexer.index = start
        return nil
    }

    private mutating func parseField(_ name: FieldName) throws(QueryErrors) -> FilterSyntax {
        guard !name.isAttribute, name.name == "has" || name.name == "missing" else {
            return .field(name, try parseValue(of: name))
        }
        let start = lexer.index
        let field: FieldName
        if let quoted = try lexer.takeString() {
            field = FieldName(quoted.text, span: quoted.span)
        } else if let path = lexer.takeIdentifierPath() {
            field = path
        } else {
            _ = lexer.takeWord(.clause)
            throw failure(
                "expected_field", lexer.span(from: start), "After \(name.name): stands the name of a field.",
                expected: ["a field"])
        }
        guard lexer.isBoundary(lexer.index) else {
            let nameEnd = lexer.index
            _ = lexer.takeWord(.clause)
            throw failure(
                "expected_field", lexer.span(from: start), "After \(name.name): stands the name of a field alone.",
                expected: ["a field"], suggestion: source.slice(SourceSpan(start: start, count: nameEnd - start)))
        }
        return name.name == "has" ? .field(field, .exists) : .missing(field)
    }

    // MARK: - Warnings

    private mutating func warnOfLiteral(_ name: FieldName) {
        guard FieldCatalog.isKnown(name) || FieldName.reservedNames.contains(name.name) else { return }
        let span = SourceSpan(start: name.span.start, count: name.span.count + 1)
        warnings.append(
            source.warning(
                "literal_field", span,
                "“\(name.name):” is searched as text, because no value follows it at once; write "
                    + "\(name.name):value without a space to search the field."))
    }

    mutating func warnOfLowercase(_ word: WordToken) {
        let text = source.slice(word.span)
        let upper = text.uppercased()
        guard text != upper, ["AND", "OR", "NOT"].contains(upper) else { return }
        warnings.append(
            source.warning(
                "lowercase_operator", word.span,
                "“\(text)” is searched as a word; only upper-case \(upper) is an operator."))
    }
}
