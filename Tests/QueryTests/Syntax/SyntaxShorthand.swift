import Query

/// Short ways to say syntax trees, for tests that compare whole ones.
func word(_ text: String) -> FilterSyntax { .text(.word(WordPattern([.literal(text)]))) }
func phrase(_ text: String, prefix: Bool = false) -> FilterSyntax { .text(.quoted(QuotedText(text), isPrefix: prefix)) }
func field(_ name: String, _ value: ValueSyntax) -> FilterSyntax { .field(FieldName(name), value) }
func attribute(_ name: String, _ value: ValueSyntax) -> FilterSyntax {
    .field(FieldName(name, isAttribute: true), value)
}
func value(_ text: String) -> ValueSyntax { .text(.word(WordPattern([.literal(text)]))) }
func scalar(_ text: String) -> ScalarSyntax { .word(WordPattern([.literal(text)])) }
func bound(_ text: String?, _ isInclusive: Bool = true) -> RangeBound {
    RangeBound(text.map(scalar), isInclusive: isInclusive)
}
func ago(_ text: String) -> InstantSyntax { QueryDuration(text: text).map { .ago($0) } ?? .today }

/// The filter of a query, which must be right.
func filter(_ text: String) throws -> FilterSyntax { try QuerySyntax(parsing: text).filter }

/// The one diagnostic of a query that is refused. Nil: it was not.
func diagnostic(_ text: String) -> QueryDiagnostic? {
    do throws(QueryErrors) {
        _ = try QuerySyntax(parsing: text)
        return nil
    } catch { return error.diagnostics.first }
}
