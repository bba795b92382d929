import LogDB

/// Which fields of the entries are read.
enum ReadFields {
    /// What stages read of the rows that come to them, and the answer of the rows that come out. Nil: everything.
    ///
    /// - Parameter schema: What the rows have after the last stage.
    static func of(_ stages: some Collection<Stage>, _ schema: Schema) -> Set<Field>? {
        var fields: Set<Field> = []
        for stage in stages {
            switch stage {
            case .join, .limit, .tail: continue
            case .filter(let test): fields.formUnion(test.fields)
            case .extract(let extraction): fields.formUnion(extraction.source.fields)
            case .sort(let keys): for key in keys { fields.formUnion(key.column.fields) }
            case .dedup(let columns): for column in columns { fields.formUnion(column.fields) }
            // It reads the rows of its answer itself.
            case .context: return fields
            case .stats(let plan): return fields.union(plan.fields)
            case .patterns(let plan): return fields.union(plan.message.fields).union(plan.time?.fields ?? [])
            case .fieldNames(let schema): return schema.fields.map { fields.union($0) }
            // It reads nothing of what comes to it.
            case .explain: return []
            }
        }
        // Answers that are entries have all of their fields.
        if schema.entryColumns != nil { return nil }
        return schema.fields.map { fields.union($0) }
    }
}

extension Column {
    fileprivate var fields: Set<Field> {
        if case .field(let field) = reference { [field] } else { [] }
    }
}

extension Schema {
    /// Those of its columns. Nil: all that there are.
    fileprivate var fields: Set<Field>? {
        isOpen ? nil : columns.reduce(into: []) { $0.formUnion($1.fields) }
    }
}

extension StatsPlan {
    fileprivate var fields: Set<Field> {
        var fields: Set<Field> = []
        for group in groups { fields.formUnion(group.column.fields) }
        for aggregate in aggregates {
            for column in aggregate.columns { fields.formUnion(column.fields) }
            fields.formUnion(aggregate.condition?.fields ?? [])
        }
        return fields
    }
}

extension RowTest {
    fileprivate var fields: Set<Field> {
        switch self {
        case .everything, .nothing, .joined: []
        case .all(let tests), .any(let tests): tests.reduce(into: []) { $0.formUnion($1.fields) }
        case .not(let test): test.fields
        case .column(let column, _): column.fields
        }
    }
}
