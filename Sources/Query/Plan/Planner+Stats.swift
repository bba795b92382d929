import LogDB

extension Planner {
    mutating func planStats(_ aggregates: [AggregateSyntax], _ groups: [GroupSyntax], _ pipeline: inout Pipeline) {
        var planned: [StatsPlan.Group] = []
        var columns: [(name: String, kind: ColumnKind)] = []
        for group in groups {
            switch group {
            case .field(let name):
                guard let column = column(name, &pipeline) else { continue }
                checkUnique(column.name, among: columns.map(\.name), name.span)
                planned.append(StatsPlan.Group(column: column))
                columns.append((column.name, column.kind))
            case .bin(let duration, let span):
                guard let group = bin(duration, span, pipeline.schema) else { continue }
                checkUnique("time", among: columns.map(\.name), span)
                planned.append(group)
                columns.append(("time", .time))
            }
        }
        let plan = StatsPlan(
            pipe: "stats", groups: planned, aggregates: self.aggregates(aggregates, &columns, &pipeline))
        pipeline.stages.append(.stats(plan))
        pipeline.schema = .table(columns)
    }

    mutating func planTimechart(
        _ step: QueryDuration, _ aggregates: [AggregateSyntax], _ names: [FieldName], _ span: SourceSpan,
        _ pipeline: inout Pipeline
    ) {
        guard let bin = bin(step, span, pipeline.schema) else { return }
        var groups = [bin]
        var columns: [(name: String, kind: ColumnKind)] = [("time", .time)]
        for name in names {
            guard let column = column(name, &pipeline) else { continue }
            checkUnique(column.name, among: columns.map(\.name), name.span)
            groups.append(StatsPlan.Group(column: column))
            columns.append((column.name, column.kind))
        }
        var plan = StatsPlan(
            pipe: "timechart", groups: groups, aggregates: self.aggregates(aggregates, &columns, &pipeline))
        plan.fillsTime = true
        pipeline.stages.append(.stats(plan))
        pipeline.schema = .table(columns)
    }

    /// `top` and `rare`: counted, sorted by the counts, and cut.
    mutating func planRanking(
        _ pipe: String, _ count: Int, _ names: [FieldName], isRarest: Bool, _ pipeline: inout Pipeline
    ) {
        let hits = planCounts(pipe, names, counted: "count", &pipeline)
        pipeline.stages.append(.sort([SortKey(column: hits, isDescending: !isRarest)]))
        pipeline.stages.append(.limit(count))
    }

    mutating func planUniq(_ names: [FieldName], withHits: Bool, _ pipeline: inout Pipeline) {
        _ = planCounts("uniq", names, counted: withHits ? "hits" : nil, &pipeline)
    }

    mutating func planFieldValues(_ name: FieldName, _ pipeline: inout Pipeline) {
        let hits = planCounts("fieldvalues", [name], counted: "count", &pipeline)
        pipeline.stages.append(.sort([SortKey(column: hits, isDescending: true)]))
        let kind = pipeline.schema.columns.first?.kind ?? .plain
        pipeline.schema = .table([("value", kind), ("count", .plain)])
    }

    /// Groups by the values of columns; rows that have none of them are left out.
    ///
    /// - Returns: The column of the counts; where none is asked for, one that is none.
    private mutating func planCounts(
        _ pipe: String, _ names: [FieldName], counted: String?, _ pipeline: inout Pipeline
    ) -> Column {
        let groups = columns(names, &pipeline)
        var columns = groups.map { (name: $0.name, kind: $0.kind) }
        var plan = StatsPlan(pipe: pipe, groups: groups.map { StatsPlan.Group(column: $0) }, aggregates: [])
        plan.skipsMissing = true
        if var name = counted {
            // A field of the same name keeps it.
            while columns.contains(where: { $0.name == name }) { name += "_" }
            plan.aggregates = [StatsPlan.Aggregate(function: .count, columns: [], name: name)]
            columns.append((name, .plain))
        }
        pipeline.stages.append(.stats(plan))
        pipeline.schema = .table(columns)
        return pipeline.schema.columns.last ?? Column("", .computed(0))
    }

    private mutating func bin(_ duration: QueryDuration, _ span: SourceSpan, _ schema: Schema) -> StatsPlan.Group? {
        if duration.microseconds < 1 {
            fail(
                "invalid_duration", span, "A bucket lasts at least a microsecond.",
                expected: ["a duration such as 1h"], suggestion: "bin(1h)")
        }
        guard case .column(let column) = schema.lookup(FieldName("time")), column.kind == .time else {
            unknownColumn(FieldName("time", span: span), among: schema.names)
            return nil
        }
        return StatsPlan.Group(column: column, step: max(1, duration.microseconds))
    }

    private mutating func aggregates(
        _ syntax: [AggregateSyntax], _ columns: inout [(name: String, kind: ColumnKind)], _ pipeline: inout Pipeline
    ) -> [StatsPlan.Aggregate] {
        var planned: [StatsPlan.Aggregate] = []
        for aggregate in syntax {
            let arguments = self.columns(aggregate.fields, &pipeline)
            if aggregate.fields.count > 1, !aggregate.function.takesSeveralFields {
                fail(
                    "invalid_arguments", aggregate.span, "\(aggregate.function.rawValue) takes one field.",
                    expected: ["one field"])
            }
            var condition: RowTest?
            if let syntax = aggregate.condition {
                let test = rowTest(syntax, pipeline.schema)
                for attribute in test.joinedAttributes.sorted(by: { $0.name < $1.name }) { join(attribute, &pipeline) }
                condition = test.resolved(pipeline.schema)
            }
            let name = aggregate.name.map(Planner.columnName) ?? source.slice(aggregate.span)
            checkUnique(name, among: columns.map(\.name), aggregate.name?.span ?? aggregate.span)
            columns.append((name, aggregate.function.kind(of: arguments.first)))
            planned.append(
                StatsPlan.Aggregate(
                    function: aggregate.function, number: aggregate.number.flatMap(Double.init), columns: arguments,
                    condition: condition, name: name))
        }
        return planned
    }
}

extension AggregateFunction {
    var takesSeveralFields: Bool { self == .count || self == .countUniq }

    /// What its answers are, of the values of a column.
    func kind(of column: Column?) -> ColumnKind {
        switch self {
        case .min, .max, .first, .last: column?.kind ?? .plain
        case .count, .countUniq, .sum, .avg, .quantile, .rate: .plain
        }
    }
}
