import LogDB

extension Planner {
    mutating func planStats(
        _ aggregates: [AggregateSyntax], _ groups: [GroupSyntax], _ span: SourceSpan, _ pipeline: inout Pipeline
    ) {
        if pipeline.table != nil {
            notSupported("stats on the rows of a table", span)
            return
        }
        var columns: [TableColumn] = []
        var groupColumns: [GroupColumn] = []
        for group in groups {
            switch group {
            case .bin(let duration, let span):
                guard duration.microseconds > 0 else {
                    fail("invalid_duration", span, "A bin lasts at least a microsecond.", suggestion: "bin(1h)")
                    continue
                }
                groupColumns.append(.bin(step: duration.microseconds))
                add(TableColumn(name: Field.time.name, isLevel: false), to: &columns, span)
            case .field(let name):
                guard let field = entryField(name, pipeline) else { continue }
                groupColumns.append(.field(field))
                add(TableColumn(name: field.columnName, isLevel: field == .level), to: &columns, name.span)
            }
        }
        for aggregate in aggregates {
            if aggregate.function != .count || !aggregate.fields.isEmpty {
                let written = aggregate.function == .count ? "count of a field" : aggregate.function.rawValue
                notSupported("The aggregate \(written)", aggregate.span)
            }
            if aggregate.condition != nil { notSupported("A condition on an aggregate", aggregate.span) }
            let name = aggregate.name?.name ?? source.slice(aggregate.span)
            add(TableColumn(name: name, isLevel: false), to: &columns, aggregate.name?.span ?? aggregate.span)
        }
        pipeline.table = TablePipeline(
            groups: groupColumns, countColumnCount: aggregates.count, columns: columns)
    }

    private mutating func add(_ column: TableColumn, to columns: inout [TableColumn], _ span: SourceSpan) {
        if columns.contains(where: { $0.name == column.name }) {
            fail(
                "duplicate_column", span,
                "There are two columns “\(column.name)”; leave one out, or give a count another name with as.")
        }
        columns.append(column)
    }
}
