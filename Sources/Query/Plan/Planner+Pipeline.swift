import LogDB

extension Planner {
    /// What the pipes do. After an error, any pipeline: the query is refused.
    mutating func pipeline(_ pipes: [PipeSyntax]) -> Pipeline {
        var pipeline = Pipeline()
        for pipe in pipes { plan(pipe, &pipeline) }
        return pipeline
    }

    private mutating func plan(_ pipe: PipeSyntax, _ pipeline: inout Pipeline) {
        switch pipe.kind {
        case .limit(let count): pipeline.stages.append(.limit(count))
        case .tail(let count): pipeline.stages.append(.tail(count))
        case .where(let syntax): planWhere(syntax, &pipeline)
        case .sort(let keys): planSort(keys, &pipeline)
        case .fields(let names): pipeline.schema.keep(columns(names, &pipeline))
        case .drop(let names): planDrop(names, pipe.span, &pipeline)
        case .rename(let old, let new): planRename(old, new, &pipeline)
        case .stats(let aggregates, let groups): planStats(aggregates, groups, &pipeline)
        case .timechart(let step, let aggregates, let names):
            planTimechart(step, aggregates, names, pipe.span, &pipeline)
        case .top(let count, let names): planRanking("top", count, names, isRarest: false, &pipeline)
        case .rare(let count, let names): planRanking("rare", count, names, isRarest: true, &pipeline)
        case .uniq(let names, let withHits): planUniq(names, withHits: withHits, &pipeline)
        case .fieldValues(let name): planFieldValues(name, &pipeline)
        case .dedup(let names):
            let columns = columns(names, &pipeline)
            pipeline.stages.append(.dedup(columns))
        case .extract(let template, let source): planExtract(template, from: source, pipe.span, &pipeline)
        case .extractRegex(let pattern, let source): planExtractRegex(pattern, from: source, pipe.span, &pipeline)
        case .context(let before, let after, let within):
            planContext(Neighbours(before: before, after: after, within: within?.microseconds), pipe.span, &pipeline)
        case .patterns(let count): planPatterns(count, pipe.span, &pipeline)
        case .fieldNames:
            pipeline.stages.append(.fieldNames(pipeline.schema))
            pipeline.schema = .table([("name", .plain), ("count", .plain)])
        case .explain:
            pipeline.stages.append(.explain(pipeline.schema))
            pipeline.schema = .table([("part", .plain), ("value", .plain)])
        }
    }

    private mutating func planWhere(_ syntax: FilterSyntax, _ pipeline: inout Pipeline) {
        let test = rowTest(syntax, pipeline.schema)
        let isScanned = pipeline.stages.allSatisfy(\.letsFiltersPass) && test.scanFilter != nil
        if !isScanned {
            for attribute in test.joinedAttributes.sorted(by: { $0.name < $1.name }) { join(attribute, &pipeline) }
        }
        pipeline.stages.append(.filter(isScanned ? test : test.resolved(pipeline.schema)))
    }

    private mutating func planSort(_ keys: [SortSyntax], _ pipeline: inout Pipeline) {
        var planned: [SortKey] = []
        for key in keys {
            guard let column = column(key.field, &pipeline) else { continue }
            planned.append(SortKey(column: column, isDescending: key.isDescending))
        }
        pipeline.stages.append(.sort(planned))
    }

    private mutating func planDrop(_ names: [FieldName], _ span: SourceSpan, _ pipeline: inout Pipeline) {
        for column in columns(names, &pipeline) { pipeline.schema.remove(column) }
        if !pipeline.schema.isOpen, pipeline.schema.columns.isEmpty {
            fail("no_columns", span, "This drops all columns that there are.", expected: ["at least one that is left"])
        }
    }

    private mutating func planRename(_ old: FieldName, _ new: FieldName, _ pipeline: inout Pipeline) {
        guard let column = column(old, &pipeline) else { return }
        let name = Planner.columnName(new)
        if name == column.name { return }
        checkUnique(name, among: pipeline.schema.columns.map(\.name), new.span)
        pipeline.schema.rename(column, as: name)
    }

    /// What a name that is given to a column is called.
    static func columnName(_ name: FieldName) -> String { name.isAttribute ? "@" + name.name : name.name }

    private mutating func planContext(_ neighbours: Neighbours, _ span: SourceSpan, _ pipeline: inout Pipeline) {
        guard pipeline.schema.hasEntries else {
            fail(
                "needs_entries", span,
                "context finds the neighbours of entries; after the pipes before, the rows are none.",
                expected: ["context before pipes such as stats"])
            return
        }
        for count in Set([neighbours.before, neighbours.after]).sorted() where count > QueryLimits.neighbourCountMax {
            fail(
                "too_many_neighbours", span,
                "context gives up to \(QueryLimits.neighbourCountMax) entries before and after each; this asks for "
                    + "\(count).")
        }
        pipeline.stages.append(.context(neighbours))
        pipeline.schema.add("match")
    }

    private mutating func planPatterns(_ count: Int?, _ span: SourceSpan, _ pipeline: inout Pipeline) {
        guard let message = column(FieldName("message", span: span), &pipeline) else { return }
        var time: Column?
        if case .column(let column) = pipeline.schema.lookup(FieldName("time")), column.kind == .time { time = column }
        pipeline.stages.append(.patterns(PatternsPlan(message: message, time: time)))
        pipeline.schema = .table([
            ("pattern", .plain), ("count", .plain), ("first_seen", .time), ("last_seen", .time), ("example", .plain),
        ])
        if let count { pipeline.stages.append(.limit(count)) }
    }
}

extension Stage {
    /// Whether a filter of entries may be moved before it.
    var letsFiltersPass: Bool {
        switch self {
        case .filter, .join, .extract, .sort: true
        case .limit, .tail, .dedup, .context, .stats, .patterns, .fieldNames, .explain: false
        }
    }
}

extension RowTest {
    /// The test with the joined attributes as the columns that they were joined as.
    func resolved(_ schema: Schema) -> RowTest {
        switch self {
        case .everything, .nothing, .column: return self
        case .all(let tests): return .all(tests.map { $0.resolved(schema) })
        case .any(let tests): return .any(tests.map { $0.resolved(schema) })
        case .not(let test): return .not(test.resolved(schema))
        case .joined(let attribute, let filter):
            guard let place = schema.joined[attribute] else { return self }
            return .column(Column(attribute.name, .computed(place)), filter)
        }
    }
}
