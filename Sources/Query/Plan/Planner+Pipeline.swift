import LogDB

extension Planner {
    /// What the pipes do. After an error, any pipeline: the query is refused.
    mutating func pipeline(_ pipes: [PipeSyntax]) -> Pipeline {
        var pipeline = Pipeline()
        for pipe in pipes {
            if pipeline.isExplained {
                notSupported("A pipe after explain", pipe.span)
                continue
            }
            switch pipe.kind {
            case .limit(let count): add(.limit(count), .limit(count), to: &pipeline)
            case .tail(let count): add(.tail(count), .tail(count), to: &pipeline)
            case .sort(let keys): planSort(keys, &pipeline)
            case .fields(let names): planFields(names, &pipeline)
            case .stats(let aggregates, let groups): planStats(aggregates, groups, pipe.span, &pipeline)
            case .explain: pipeline.isExplained = true
            case .where, .drop, .rename, .top, .rare, .uniq, .dedup, .extract, .extractRegex, .context, .timechart,
                .patterns, .fieldNames, .fieldValues:
                let name = source.slice(pipe.span).prefix { $0.isLetter || $0 == "_" }
                notSupported("The pipe \(name)", pipe.span)
            }
        }
        return pipeline
    }

    private func add(_ entryStage: EntryStage, _ tableStage: TableStage, to pipeline: inout Pipeline) {
        if pipeline.table != nil {
            pipeline.table?.stages.append(tableStage)
        } else {
            pipeline.stages.append(entryStage)
        }
    }

    private mutating func planSort(_ keys: [SortSyntax], _ pipeline: inout Pipeline) {
        if let table = pipeline.table {
            let keys = keys.compactMap { key in
                column(key.field, of: table).map { TableSortKey(column: $0, isDescending: key.isDescending) }
            }
            pipeline.table?.stages.append(.sort(keys))
            return
        }
        let keys = keys.compactMap { key in
            entryField(key.field, pipeline).map { SortKey(field: $0, isDescending: key.isDescending) }
        }
        pipeline.stages.append(.sort(keys))
    }

    private mutating func planFields(_ names: [FieldName], _ pipeline: inout Pipeline) {
        if let table = pipeline.table {
            var kept: [Int] = []
            for name in names {
                guard let column = column(name, of: table), !kept.contains(column) else { continue }
                kept.append(column)
            }
            pipeline.table?.stages.append(.columns(kept))
            return
        }
        var kept: [Field] = []
        for name in names {
            guard let field = entryField(name, pipeline), !kept.contains(field) else { continue }
            kept.append(field)
        }
        pipeline.columns = kept
    }

    /// The field of entries that the name stands for, if it is still there.
    mutating func entryField(_ name: FieldName, _ pipeline: Pipeline) -> Field? {
        guard let field = field(name) else { return nil }
        if let columns = pipeline.columns, !columns.contains(field) {
            unknownColumn(name, among: columns.map(\.columnName))
            return nil
        }
        return field
    }

    /// The number of the table's column that the name stands for.
    private mutating func column(_ name: FieldName, of table: TablePipeline) -> Int? {
        let columns = table.currentColumns.map(\.name)
        if !name.isAttribute, let exact = columns.firstIndex(of: name.name) { return exact }
        if case .field(let field) = FieldCatalog.meaning(name), let alias = columns.firstIndex(of: field.columnName) {
            return alias
        }
        unknownColumn(name, among: columns)
        return nil
    }

    private mutating func unknownColumn(_ name: FieldName, among columns: [String]) {
        let near = EditDistance.nearest(to: name.name, among: columns)
        fail(
            "unknown_column", name.span, "There is no column “\(name.name)” after the pipes before.", expected: columns,
            suggestion: near.map { Printer.field(FieldName(reading: $0)) })
    }
}

extension TablePipeline {
    /// The columns as the stages so far leave them.
    var currentColumns: [TableColumn] {
        stages.reduce(columns) { columns, stage in
            if case .columns(let kept) = stage { return kept.map { columns[$0] } }
            return columns
        }
    }
}
