extension Parser {
    static let pipeNames = [
        "stats", "where", "sort", "limit", "head", "tail", "fields", "drop", "rename", "top", "rare", "uniq", "dedup",
        "extract", "extract_regex", "context", "timechart", "patterns", "fieldnames", "fieldvalues", "explain",
    ]

    /// All pipes up to the end of the text.
    mutating func parsePipes() throws(QueryErrors) -> [PipeSyntax] {
        var pipes: [PipeSyntax] = []
        lexer.skipSpace()
        while isAtPipe {
            let bar = SourceSpan(start: lexer.index, count: 1)
            lexer.index += 1
            lexer.skipSpace()
            if pipes.count == QueryLimits.pipeCountMax {
                throw failure("too_many_pipes", bar, "A query may have \(QueryLimits.pipeCountMax) pipes.")
            }
            let start = lexer.index
            let kind = try parsePipe()
            pipes.append(PipeSyntax(kind, span: trimmed(from: start)))
            lexer.skipSpace()
            if !lexer.isAtEnd, !isAtPipe { throw try afterArguments() }
        }
        if !lexer.isAtEnd { throw unexpectedEnd() }
        return pipes
    }

    /// What is wrong with text that stands where a pipe's arguments end.
    private mutating func afterArguments() throws(QueryErrors) -> QueryErrors {
        guard let clause = try takeTimeClause(.top) else { return unexpectedArgument() }
        return failure(
            "misplaced_time_clause", clause.span,
            "A time clause is no part of a pipe; it stands with the filter, before the first |.",
            expected: ["the time clause before the first |"])
    }

    private mutating func parsePipe() throws(QueryErrors) -> PipeSyntax.Kind {
        let start = lexer.index
        guard let word = lexer.takeWord(.argument) else {
            throw failure(
                "expected_pipe", lexer.here, "The name of a pipe is missing after |; to search for it, quote it.",
                expected: Parser.pipeNames, suggestion: nil)
        }
        switch source.slice(word.span) {
        case "stats":
            let aggregates = try parseAggregates()
            return .stats(aggregates, by: try parseGroups())
        case "where": return .where(try parseWhere())
        case "sort": return .sort(try parseSortKeys())
        case "limit", "head": return .limit(try parseCount())
        case "tail": return .tail(try parseCount())
        case "fields": return .fields(try parseFieldList())
        case "drop": return .drop(try parseFieldList())
        case "rename": return try parseRename()
        case "top": return .top(try parseCount(), try parseTopFields())
        case "rare": return .rare(try parseCount(), try parseTopFields())
        case "uniq": return try parseUniq()
        case "dedup": return .dedup(try parseFieldList())
        case "extract":
            guard let template = try takeArgumentString() else {
                throw missing("a template in quotes such as \"retry <n> of <max>\"")
            }
            return .extract(template, from: try parseFrom())
        case "extract_regex":
            let pattern = try parsePattern()
            return .extractRegex(pattern, from: try parseFrom())
        case "context": return try parseContext()
        case "timechart": return try parseTimechart()
        case "patterns": return .patterns(try takeCount())
        case "fieldnames": return .fieldNames
        case "fieldvalues": return .fieldValues(try parseFieldName())
        case "explain": return .explain
        default: throw unknownPipe(word, start)
        }
    }

    private mutating func unknownPipe(_ word: WordToken, _ start: Int) -> QueryErrors {
        let name = source.slice(word.span)
        if AggregateFunction(rawValue: name) != nil, lexer.looking(at: "(") {
            let call = lexer.index
            while !lexer.isAtEnd, !lexer.looking(at: ")"), !isAtPipe { lexer.index += 1 }
            if !lexer.take(")") { lexer.index = call }
            let span = lexer.span(from: start)
            return failure(
                "stats_needed", span, "An aggregate stands in the pipe stats.",
                expected: ["stats \(source.slice(span))"],
                suggestion: "stats \(source.slice(span))")
        }
        return failure(
            "unknown_pipe", word.span, "There is no pipe “\(name)”.", expected: Parser.pipeNames,
            suggestion: EditDistance.nearest(to: name, among: Parser.pipeNames))
    }

    private mutating func parseWhere() throws(QueryErrors) -> FilterSyntax {
        lexer.skipSpace()
        guard let filter = try parseOr(.pipe) else { throw unexpectedEnd() }
        return filter
    }

    private mutating func parseSortKeys() throws(QueryErrors) -> [SortSyntax] {
        var keys: [SortSyntax] = []
        repeat {
            let start = lexer.index
            let field = try parseFieldName()
            if lexer.looking(at: "(") {
                lexer.skipSpace()
                throw failure(
                    "expected_field", field.span, "A column whose name has parentheses is quoted.",
                    expected: ["a field"], suggestion: quotedCall(from: start))
            }
            let isDescending = takeKeyword("desc")
            if !isDescending { _ = takeKeyword("asc") }
            keys.append(SortSyntax(field, isDescending: isDescending))
        } while takeComma()
        return keys
    }

    /// `"count()"` for an unquoted call in front of the lexer.
    private func quotedCall(from start: Int) -> String? {
        guard let close = source.bytes[start...].firstIndex(of: UInt8(ascii: ")")) else { return nil }
        let call = source.slice(SourceSpan(start: start, count: close + 1 - start))
        return "\"\(call.drop { $0 == " " })\""
    }

    private mutating func parseRename() throws(QueryErrors) -> PipeSyntax.Kind {
        let field = try parseFieldName()
        guard takeKeyword("as") else { throw missing("as and the new name") }
        return .rename(field, try parseFieldName())
    }

    private mutating func parseTopFields() throws(QueryErrors) -> [FieldName] {
        _ = takeKeyword("by")
        return try parseFieldList()
    }

    private mutating func parseUniq() throws(QueryErrors) -> PipeSyntax.Kind {
        let fields = try parseFieldList()
        guard takeKeyword("with") else { return .uniq(fields, withHits: false) }
        guard takeKeyword("hits") else { throw missing("hits") }
        return .uniq(fields, withHits: true)
    }

    private mutating func parsePattern() throws(QueryErrors) -> PatternSyntax {
        lexer.skipSpace()
        if let regex = try lexer.takeRegex() { return .regex(regex) }
        guard let quoted = try lexer.takeString() else { throw missing("a pattern in quotes or slashes") }
        if quoted.text.utf8.count > QueryLimits.regexByteCountMax {
            throw failure(
                "regex_too_long", quoted.span,
                "A regular expression may have \(QueryLimits.regexByteCountMax) bytes; "
                    + "this one has \(quoted.text.utf8.count).")
        }
        return .quoted(quoted)
    }

    private mutating func parseFrom() throws(QueryErrors) -> FieldName? {
        takeKeyword("from") ? try parseFieldName() : nil
    }

    private mutating func parseContext() throws(QueryErrors) -> PipeSyntax.Kind {
        var before = 0
        var after = 0
        if let both = try takeCount() {
            before = both
            after = both
        } else {
            if takeKeyword("before") { before = try parseCount() }
            if takeKeyword("after") { after = try parseCount() }
        }
        let within = takeKeyword("within") ? try parseDuration() : nil
        return .context(before: before, after: after, within: within)
    }

    private mutating func parseTimechart() throws(QueryErrors) -> PipeSyntax.Kind {
        let step = try parseDuration()
        let aggregates = try parseAggregates()
        let fields = takeKeyword("by") ? try parseFieldList() : []
        return .timechart(step, aggregates, by: fields)
    }
}
