import LogDB

/// Filters of rows between two pipes: `where`, and the `if` of an aggregate.
extension Planner {
    /// After an error, any test: the query is refused.
    mutating func rowTest(_ syntax: FilterSyntax, _ schema: Schema) -> RowTest {
        switch syntax {
        case .everything: return .everything
        case .and(let operands): return .all(operands.map { rowTest($0, schema) })
        case .or(let operands): return .any(operands.map { rowTest($0, schema) })
        case .not(let operand): return .not(rowTest(operand, schema))
        case .text(let text): return message(.text(text), text.span, schema)
        case .regex(let regex): return message(.regex(regex), regex.span, schema)
        case .missing(let name): return .not(rowTest(name, .exists, schema))
        case .field(let name, let value): return rowTest(name, value, schema)
        }
    }

    private mutating func message(_ value: ValueSyntax, _ span: SourceSpan, _ schema: Schema) -> RowTest {
        rowTest(FieldName("message", span: span), value, schema)
    }

    private mutating func rowTest(_ name: FieldName, _ value: ValueSyntax, _ schema: Schema) -> RowTest {
        switch schema.lookup(name) {
        case .unknown:
            unknownColumn(name, among: schema.names)
            return .nothing
        case .joined(let attribute):
            return .joined(attribute, filter(value, of: .context(attribute.name), name))
        case .column(let column):
            noteDoubt(column, name)
            return .column(column, filter(value, of: Planner.field(of: column), name))
        }
    }

    /// The field whose rules the values of the column follow.
    private static func field(of column: Column) -> Field {
        if case .field(let field) = column.reference { return field }
        switch column.kind {
        case .level: return .level
        case .time: return .time
        case .plain: return column.name == "message" ? .message : .context(column.name)
        }
    }
}
