public import LogDB
public import LogModel

/// A query that was read and found right, ready to be executed any number of times.
public struct LogQuery: Sendable {
    /// What was written.
    public let syntax: QuerySyntax
    /// The effective range: the time clauses, the caller's range, else the caller's default; with a cursor, that of the
    /// first answer.
    public let range: TimeRange
    /// Whether nothing but the caller's default says the range.
    public let isDefaultRange: Bool
    /// What the author may not have meant. Answers add what only the data can tell.
    public let warnings: [QueryWarning]

    /// What entries must pass: the text's filter and the caller's.
    public let filter: Filter

    let source: SourceText
    private(set) var context: QueryContext
    let plan: QueryPlan
    let hash: UInt64
    let timing: Timing

    /// How long reading and planning took.
    struct Timing: Sendable {
        var parse: Duration
        var plan: Duration
    }

    /// Reads and plans `text`.
    ///
    /// - Throws: `QueryErrors` with everything that is wrong with the text, or with the cursor.
    public init(_ text: String, context: QueryContext) throws(QueryErrors) {
        let clock = ContinuousClock()
        let start = clock.now
        var parser = Parser(text)
        let syntax = try parser.parseQuery()
        let parsed = clock.now
        let plan = try Planner.plan(syntax, of: text, now: context.now)
        let planned = clock.now

        self.syntax = syntax
        self.plan = plan
        self.context = context
        source = parser.source
        hash = Cursor.hash(of: text, context.additionalFilters)
        filter = context.additionalFilters.isEmpty ? plan.filter : .all([plan.filter] + context.additionalFilters)
        warnings = parser.warnings + plan.warnings
        timing = Timing(parse: start.duration(to: parsed), plan: parsed.duration(to: planned))
        if let cursor = context.cursor {
            guard cursor.queryHash == hash, cursor.order == context.order,
                cursor.isRow != OperatorChain.isPositional(plan.pipeline.stages)
            else { throw LogQuery.foreignCursor }
            range = cursor.range
            isDefaultRange = false
        } else {
            isDefaultRange = plan.range == nil && context.additionalRange == nil && context.defaultRange != nil
            let written = plan.range ?? context.additionalRange ?? context.defaultRange ?? .all
            range = context.additionalRange.map { written.intersection($0) } ?? written
        }
    }

    /// Whether it gathers rows before it answers, to sort them or to find the last, and so needs memory for them beside
    /// what finding them takes.
    public var gathersRows: Bool {
        plan.pipeline.stages.contains(where: \.gathers)
    }

    /// The same query with other bounds of its memory, in bytes.
    public func withMemory(_ byteCountMax: Int) -> LogQuery {
        var query = self
        query.context.memoryByteCountMax = byteCountMax
        return query
    }

    /// For an answer that counts what the filter finds whatever the pipes: a warning, where there are any.
    public var ignoredPipes: [QueryWarning] {
        syntax.pipes.prefix(1).map { pipe in
            source.warning("pipes_ignored", pipe.span, "This counts what the filter finds, before any pipe.")
        }
    }

    /// The zone in which dates were read and times are cut: `UTC`, an offset, or a name of the IANA database.
    public var zoneName: String { plan.zone.name }

    /// Executes the query.
    ///
    /// Rows are found while the answer is iterated.
    /// - Throws: `LogError` with `closed`.
    public func run(on store: LogStore) async throws -> Answer {
        if plan.pipeline.schema.entryColumns != nil { return .entries(EntryAnswer(query: self, store: store)) }
        return .table(TableAnswer(query: self, store: store))
    }

    private static let foreignCursor = QueryErrors([
        QueryDiagnostic(
            code: "foreign_cursor", offset: 0, length: 0,
            message: "The cursor belongs to another query or order; go on with the text and order it came from.",
            expected: ["the query that the cursor came from"])
    ])

    static let expiredCursor = QueryErrors([
        QueryDiagnostic(
            code: "expired_cursor", offset: 0, length: 0,
            message: "The entry at which the last answer ended is no longer stored; start again without the cursor.")
    ])
}

extension Cursor {
    var isRow: Bool {
        if case .row = position { true } else { false }
    }
}
