import LogDB

/// Names and what they stand for among the rows between two pipes.
extension Planner {
    /// The column that a name stands for, joined first where that is needed. Nil, with an error, where there is none.
    mutating func column(_ name: FieldName, _ pipeline: inout Pipeline) -> Column? {
        switch pipeline.schema.lookup(name) {
        case .column(let column):
            noteDoubt(column, name)
            return column
        case .joined(let attribute):
            join(attribute, &pipeline)
            return pipeline.schema.joined[attribute].map { Column(attribute.name, .computed($0)) }
        case .unknown:
            unknownColumn(name, among: pipeline.schema.names)
            return nil
        }
    }

    func join(_ attribute: JoinedAttribute, _ pipeline: inout Pipeline) {
        guard pipeline.schema.joined[attribute] == nil else { return }
        pipeline.stages.append(.join(attribute))
        pipeline.schema.join(attribute)
    }

    /// Different columns of a list of names, in its order.
    mutating func columns(_ names: [FieldName], _ pipeline: inout Pipeline) -> [Column] {
        var columns: [Column] = []
        for name in names {
            guard let column = column(name, &pipeline), !columns.contains(where: { $0.name == column.name }) else {
                continue
            }
            columns.append(column)
        }
        return columns
    }

    mutating func noteDoubt(_ column: Column, _ name: FieldName) {
        guard case .field(let field) = column.reference, case .context = field,
            let known = FieldCatalog.resembling(name)
        else { return }
        doubtfulNames.append(DoubtfulName(field: field, name: name, resembles: known))
    }

    mutating func unknownColumn(_ name: FieldName, among columns: [String]) {
        let near = EditDistance.nearest(to: name.name, among: columns)
        fail(
            "unknown_column", name.span, "There is no column “\(name.name)” after the pipes before.", expected: columns,
            suggestion: near.map { Printer.field(FieldName(reading: $0)) })
    }

    /// Refuses a column whose name another one has already.
    mutating func checkUnique(_ name: String, among names: [String], _ span: SourceSpan) {
        guard names.contains(name) else { return }
        fail(
            "duplicate_column", span,
            "There are two columns “\(name)”; leave one out, or give one another name with as.")
    }
}
