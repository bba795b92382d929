/// Reads a query: recursive descent with one rule of the grammar a function. Its recursion is bounded by
/// `QueryLimits.depthMax`.
struct Parser {
    let source: SourceText
    var lexer: Lexer
    var timeClauses: [TimeSyntax] = []
    var warnings: [QueryWarning] = []
    private var depth = 0
    private var alternativeCount = 0

    init(_ text: String) {
        source = SourceText(text)
        lexer = Lexer(source)
    }

    /// Where a clause stands, which decides whether it may be a time clause.
    enum Scope {
        /// In the query's own filter, outside parentheses and negations.
        case top
        case inside
        /// In the filter of a pipe.
        case pipe
    }

    mutating func parseQuery() throws(QueryErrors) -> QuerySyntax {
        guard source.bytes.count <= QueryLimits.byteCountMax else {
            throw failure(
                "query_too_long",
                SourceSpan(start: QueryLimits.byteCountMax, count: source.bytes.count - QueryLimits.byteCountMax),
                "A query may have \(QueryLimits.byteCountMax) bytes; this one has \(source.bytes.count).")
        }
        var filter = FilterSyntax.everything
        lexer.skipSpace()
        if !lexer.isAtEnd, !isAtPipe { filter = try parseOr(.top) ?? .everything }
        let pipes = try parsePipes()
        return QuerySyntax(timeClauses: timeClauses, filter: filter, pipes: pipes)
    }

    /// Whether one `|` stands here; two are OR.
    var isAtPipe: Bool { lexer.looking(at: "|") && !lexer.looking(at: "||") }

    /// The operands of ORs, or nil where there is nothing but time clauses.
    mutating func parseOr(_ scope: Scope) throws(QueryErrors) -> FilterSyntax? {
        var operands: [FilterSyntax] = []
        var orSpan: SourceSpan?
        while true {
            lexer.skipSpace()
            let start = lexer.index
            let operand = try parseAnd(scope, after: orSpan.map { _ in "OR" })
            let span = trimmed(from: start)
            let next = takeOr()
            if operand == nil, orSpan ?? next != nil {
                throw failure(
                    "misplaced_time_clause", span,
                    "A time clause applies to the whole query and cannot be one side of an OR.",
                    expected: ["the time clause without OR"])
            }
            if let operand { operands.append(operand) }
            guard let next else { break }
            orSpan = next
            try countAlternative(next)
        }
        return operands.count > 1 ? .or(operands) : operands.first
    }

    /// Clauses that must all hold, or nil where there is nothing but time clauses.
    private mutating func parseAnd(_ scope: Scope, after operator: String?) throws(QueryErrors) -> FilterSyntax? {
        var operands: [FilterSyntax] = []
        var sawTime = false
        var lastAnd: SourceSpan?
        while !isAtClauseEnd {
            let start = lexer.index
            if lexer.takeWord("AND") || lexer.take("&&") {
                let span = lexer.span(from: start)
                if lastAnd != nil || (operands.isEmpty && !sawTime) {
                    throw missingOperand("AND", span, isBefore: true)
                }
                lastAnd = span
            } else if let clause = try takeTimeClause(scope) {
                timeClauses.append(clause)
                sawTime = true
                lastAnd = nil
            } else {
                operands.append(try parseUnary(scope))
                lastAnd = nil
            }
        }
        if let lastAnd { throw missingOperand("AND", lastAnd, isBefore: false) }
        if operands.isEmpty, !sawTime {
            if let `operator` { throw missingOperand(`operator`, lexer.here, isBefore: false) }
            let start = lexer.index
            if let span = takeOr() { throw missingOperand("OR", span, isBefore: true) }
            lexer.index = start
            throw unexpectedEnd()
        }
        return operands.count > 1 ? .and(operands) : operands.first
    }

    private mutating func parseUnary(_ scope: Scope) throws(QueryErrors) -> FilterSyntax {
        var scope = scope
        var negationCount = 0
        while let span = takeNegation() {
            negationCount += 1
            try enter(span)
            if scope == .top { scope = .inside }
            if isAtClauseEnd { throw missingOperand("NOT", span, isBefore: false) }
        }
        var filter = try parsePrimary(scope)
        for _ in 0..<negationCount {
            filter = .not(filter)
            leave()
        }
        return filter
    }

    /// Takes `NOT`, or a `-` or `!` that negates: one, with no space after it. Two of them are text.
    private mutating func takeNegation() -> SourceSpan? {
        let start = lexer.index
        if lexer.takeWord("NOT") {
            lexer.skipSpace()
            return SourceSpan(start: start, count: 3)
        }
        guard isSign(at: start), let next = lexer.byte(at: start + 1), !isSign(at: start + 1) else { return nil }
        guard next == UInt8(ascii: "(") || !lexer.isBoundary(start + 1) else { return nil }
        lexer.index += 1
        return lexer.span(from: start)
    }

    func isSign(at position: Int) -> Bool {
        lexer.byte(at: position) == UInt8(ascii: "-") || lexer.byte(at: position) == UInt8(ascii: "!")
    }

    // MARK: - Shared by the rules

    /// Skips white space; then whether the text, a `)`, a pipe or an OR ends the clauses here.
    var isAtClauseEnd: Bool {
        mutating get {
            lexer.skipSpace()
            return lexer.isAtEnd || lexer.looking(at: ")") || lexer.looking(at: "|") || lexer.lookingAtWord("OR")
        }
    }

    mutating func takeOr() -> SourceSpan? {
        lexer.skipSpace()
        let start = lexer.index
        return lexer.takeWord("OR") || lexer.take("||") ? lexer.span(from: start) : nil
    }

    mutating func enter(_ span: SourceSpan) throws(QueryErrors) {
        depth += 1
        if depth > QueryLimits.depthMax {
            throw failure(
                "query_too_deep", span,
                "Parentheses and negations may stand \(QueryLimits.depthMax) deep inside one another.")
        }
    }

    mutating func leave() { depth -= 1 }

    mutating func countAlternative(_ span: SourceSpan) throws(QueryErrors) {
        alternativeCount += 1
        if alternativeCount >= QueryLimits.alternativeCountMax {
            throw failure(
                "too_many_alternatives", span,
                "A query may have \(QueryLimits.alternativeCountMax) alternatives: operands of OR and members of sets.")
        }
    }

    /// From `start` to where the lexer stands, white space at the end left out.
    func trimmed(from start: Int) -> SourceSpan {
        var end = lexer.index
        while end > start, lexer.spaceCount(at: end - 1) > 0 { end -= 1 }
        return SourceSpan(start: start, count: end - start)
    }

    func failure(
        _ code: String, _ span: SourceSpan, _ message: String, expected: [String] = [], suggestion: String? = nil
    ) -> QueryErrors {
        QueryErrors([source.diagnostic(code, span, message, expected: expected, suggestion: suggestion)])
    }

    func missingOperand(_ name: String, _ span: SourceSpan, isBefore: Bool) -> QueryErrors {
        failure(
            "expected_clause", span, "A clause is missing \(isBefore ? "before" : "after") \(name).",
            expected: ["a clause"], suggestion: span.count > 0 ? "\"\(source.slice(span))\"" : nil)
    }

    /// The error for what stands where a clause should.
    func unexpectedEnd() -> QueryErrors {
        if lexer.looking(at: ")") {
            return failure(
                "unexpected_parenthesis", SourceSpan(start: lexer.index, count: 1),
                "This parenthesis closes nothing.", expected: ["a clause"], suggestion: "\\)")
        }
        return failure("expected_clause", lexer.here, "A clause is missing here.", expected: ["a clause"])
    }
}
