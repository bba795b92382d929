extension Parser {
    mutating func parseAggregates() throws(QueryErrors) -> [AggregateSyntax] {
        var aggregates: [AggregateSyntax] = []
        repeat { aggregates.append(try parseAggregate()) } while takeComma()
        return aggregates
    }

    private mutating func parseAggregate() throws(QueryErrors) -> AggregateSyntax {
        lexer.skipSpace()
        let start = lexer.index
        let names = AggregateFunction.allCases.map { "\($0.rawValue)()" }
        guard let word = lexer.takeWord(.argument) else { throw missing("an aggregate such as count()") }
        let name = source.slice(word.span)
        guard let function = AggregateFunction(rawValue: name) else {
            let near = EditDistance.nearest(to: name, among: AggregateFunction.allCases.map(\.rawValue))
            throw failure(
                "unknown_function", word.span, "There is no aggregate “\(name)”.", expected: names,
                suggestion: near)
        }
        let open = lexer.here
        guard lexer.take("(") else {
            throw failure(
                "expected_argument", SourceSpan(start: open.start, count: 0),
                "An aggregate is written with parentheses.",
                expected: ["("], suggestion: "\(name)()")
        }
        var aggregate = AggregateSyntax(function)
        try parseAggregateArguments(&aggregate)
        try closeParenthesis(SourceSpan(start: open.start, count: 1))
        try checkArguments(aggregate, word.span)
        if takeKeyword("if") { aggregate.condition = try parseCondition() }
        aggregate.span = lexer.span(from: start)
        if takeKeyword("as") { aggregate.name = try parseFieldName() }
        return aggregate
    }

    private mutating func parseAggregateArguments(_ aggregate: inout AggregateSyntax) throws(QueryErrors) {
        lexer.skipSpace()
        if lexer.looking(at: ")") || lexer.isAtEnd { return }
        if let byte = lexer.byte(at: lexer.index), byte >= 0x30, byte <= 0x39, let word = lexer.takeWord(.argument) {
            aggregate.number = source.slice(word.span)
            guard let number = Double(aggregate.number ?? ""), number.isFinite else {
                throw failure("expected_argument", word.span, "This is no number.", expected: ["a number such as 0.95"])
            }
            guard takeComma() else { throw missing("a comma and a field") }
            aggregate.fields = [try parseFieldName()]
            return
        }
        aggregate.fields = try parseFieldList()
    }

    private func checkArguments(_ aggregate: AggregateSyntax, _ span: SourceSpan) throws(QueryErrors) {
        let name = aggregate.function.rawValue
        func wrong(_ message: String, _ suggestion: String) -> QueryErrors {
            failure("invalid_arguments", span, message, expected: [suggestion], suggestion: suggestion)
        }
        switch aggregate.function {
        case .quantile:
            guard let number = aggregate.number.flatMap(Double.init), (0...1).contains(number) else {
                throw wrong("quantile needs a number from 0 to 1, and a field.", "quantile(0.95, latency_ms)")
            }
        case .count:
            if aggregate.number != nil { throw wrong("count takes no number.", "count()") }
        case .rate:
            if aggregate.number != nil || !aggregate.fields.isEmpty { throw wrong("rate takes no field.", "rate()") }
        case .countUniq, .sum, .avg, .min, .max, .first, .last:
            if aggregate.number != nil || aggregate.fields.isEmpty {
                throw wrong("\(name) needs a field.", "\(name)(retry_count)")
            }
        }
    }

    private mutating func parseCondition() throws(QueryErrors) -> FilterSyntax {
        lexer.skipSpace()
        let open = SourceSpan(start: lexer.index, count: 1)
        guard lexer.take("(") else { throw missing("a filter in parentheses") }
        try enter(open)
        try refuseEmptyParentheses(open)
        guard let filter = try parseOr(.pipe) else { throw unexpectedEnd() }
        try closeParenthesis(open)
        leave()
        return filter
    }

    mutating func parseGroups() throws(QueryErrors) -> [GroupSyntax] {
        guard takeKeyword("by") else { return [] }
        lexer.skipSpace()
        let open = SourceSpan(start: lexer.index, count: 1)
        let hasParenthesis = lexer.take("(")
        var groups: [GroupSyntax] = []
        repeat {
            lexer.skipSpace()
            let start = lexer.index
            if lexer.take("bin(") {
                let duration = try parseDuration()
                try closeParenthesis(SourceSpan(start: start + 3, count: 1))
                groups.append(.bin(duration, lexer.span(from: start)))
            } else {
                groups.append(.field(try parseFieldName()))
            }
        } while takeComma()
        if hasParenthesis { try closeParenthesis(open) }
        return groups
    }
}
