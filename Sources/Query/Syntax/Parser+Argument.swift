/// What the arguments of pipes are made of.
extension Parser {
    mutating func takeKeyword(_ word: StaticString) -> Bool {
        let start = lexer.index
        lexer.skipSpace()
        if lexer.takeWord(word, .argument) { return true }
        lexer.index = start
        return false
    }

    mutating func takeComma() -> Bool {
        let start = lexer.index
        lexer.skipSpace()
        if lexer.take(",") { return true }
        lexer.index = start
        return false
    }

    mutating func takeArgumentString() throws(QueryErrors) -> QuotedText? {
        lexer.skipSpace()
        return try lexer.takeString()
    }

    mutating func parseFieldName() throws(QueryErrors) -> FieldName {
        lexer.skipSpace()
        if let quoted = try lexer.takeString() { return FieldName(quoted.text, span: quoted.span) }
        let start = lexer.index
        guard let name = lexer.takeIdentifierPath() else { throw missing("the name of a field") }
        guard lexer.isBoundary(lexer.index, .argument) else {
            _ = lexer.takeWord(.argument)
            let span = lexer.span(from: start)
            throw failure(
                "expected_field", span, "“\(source.slice(span))” is no plain name of a field; quote it.",
                expected: ["the name of a field"], suggestion: "\"\(source.slice(span))\"")
        }
        return name
    }

    mutating func parseFieldList() throws(QueryErrors) -> [FieldName] {
        var fields: [FieldName] = []
        repeat { fields.append(try parseFieldName()) } while takeComma()
        return fields
    }

    /// A whole number, if a digit stands here.
    mutating func takeCount() throws(QueryErrors) -> Int? {
        lexer.skipSpace()
        guard let byte = lexer.byte(at: lexer.index), byte >= 0x30, byte <= 0x39 else { return nil }
        return try parseCount()
    }

    mutating func parseCount() throws(QueryErrors) -> Int {
        lexer.skipSpace()
        let start = lexer.index
        guard let word = lexer.takeWord(.argument) else { throw missing("a whole number") }
        let text = source.slice(word.span)
        guard text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let count = Int(text) else {
            lexer.index = start
            throw failure(
                "expected_argument", word.span, "“\(text)” is no whole number.",
                expected: ["a whole number such as 100"])
        }
        return count
    }

    mutating func parseDuration() throws(QueryErrors) -> QueryDuration {
        lexer.skipSpace()
        guard let word = lexer.takeWord(.argument) else { throw missing("a duration such as 1h") }
        let text = source.slice(word.span)
        guard let duration = QueryDuration(text: text) else {
            let digits = !text.isEmpty && text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
            throw failure(
                "invalid_duration", word.span, "“\(text)” is no duration\(digits ? ": it needs a unit" : "").",
                expected: ["a duration such as 1h"],
                suggestion: InstantReader.durationSuggestion(text) ?? (digits ? "\(text)m" : nil))
        }
        return duration
    }

    /// The error for an argument that is missing, or is something else.
    mutating func missing(_ what: String) -> QueryErrors {
        lexer.skipSpace()
        let start = lexer.index
        let word = lexer.takeWord(.argument)
        lexer.index = start
        let span = word?.span ?? SourceSpan(start: start, count: lexer.isAtEnd || isAtPipe ? 0 : 1)
        return failure("expected_argument", span, "Here stands \(what).", expected: [what])
    }

    /// The error for what stands behind the last argument of a pipe.
    mutating func unexpectedArgument() -> QueryErrors {
        if lexer.looking(at: ")") { return unexpectedEnd() }
        let start = lexer.index
        let word = lexer.takeWord(.argument)
        lexer.index = start
        let span = word?.span ?? SourceSpan(start: start, count: lexer.looking(at: "||") ? 2 : 1)
        return failure(
            "unexpected_argument", span, "The pipe ends before this; names in a list are parted by commas.",
            expected: ["|", ",", "the end"])
    }
}
