import LogDB
import LogModel

/// Gives a syntax tree its meaning. Goes through the whole query and collects every error, so that an author sees all
/// of them at once.
struct Planner {
    let source: SourceText
    let times: TimeResolver
    var diagnostics: [QueryDiagnostic] = []
    var warnings: [QueryWarning] = []
    /// Unknown names that resemble a field: worth a warning if they turn out to have no hits.
    var doubtfulNames: [DoubtfulName] = []
    /// The regular expressions so far, and the instructions that they are compiled to.
    var regexCount = 0
    var regexInstructionCount = 0

    /// - Throws: `QueryErrors` with everything that is wrong with the query.
    static func plan(_ syntax: QuerySyntax, of text: String, now: Timestamp) throws(QueryErrors) -> QueryPlan {
        let source = SourceText(text)
        var diagnostics: [QueryDiagnostic] = []
        let zone = zone(of: syntax, source, &diagnostics)
        var planner = Planner(source: source, times: TimeResolver(now: now, zone: zone), diagnostics: diagnostics)
        let range = planner.range(of: syntax)
        let filter = planner.filter(syntax.filter)
        let pipeline = planner.pipeline(syntax.pipes)
        guard planner.diagnostics.isEmpty else {
            throw QueryErrors(planner.diagnostics.sorted { $0.offset < $1.offset })
        }
        return QueryPlan(
            range: range, zone: zone, filter: filter, pipeline: pipeline, warnings: planner.warnings,
            doubtfulNames: planner.doubtfulNames)
    }

    mutating func fail(
        _ code: String, _ span: SourceSpan, _ message: String, expected: [String] = [], suggestion: String? = nil
    ) {
        diagnostics.append(source.diagnostic(code, span, message, expected: expected, suggestion: suggestion))
    }

    /// What a name stands for in the entries themselves.
    mutating func meaning(_ name: FieldName) -> FieldCatalog.Meaning {
        let meaning = FieldCatalog.meaning(name)
        if case .field(let field) = meaning, case .context = field, let known = FieldCatalog.resembling(name) {
            doubtfulNames.append(DoubtfulName(field: field, name: name, resembles: known))
        }
        return meaning
    }
}

/// An unknown name that resembles a field.
struct DoubtfulName: Hashable, Sendable {
    let field: Field
    let name: FieldName
    let resembles: String
}

/// What a query does, ready to be executed.
struct QueryPlan: Sendable {
    /// What the time clauses say. Nil: there are none.
    let range: TimeRange?
    let zone: QueryZone
    let filter: Filter
    let pipeline: Pipeline
    let warnings: [QueryWarning]
    let doubtfulNames: [DoubtfulName]
}
