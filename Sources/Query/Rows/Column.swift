import LogDB

/// Where a row has a value.
enum ColumnReference: Hashable, Sendable {
    /// In its entry.
    case field(Field)
    /// In a column that a pipe computed, by its place in the batch.
    case computed(Int)
}

/// What the values of a column are, where that matters to their order and to comparisons.
enum ColumnKind: Hashable, Sendable {
    case plain
    /// Names of levels, which have an order of their own.
    case level
    case time
}

/// A column that later pipes and the answer know by its name.
struct Column: Hashable, Sendable {
    var name: String
    var reference: ColumnReference
    var kind = ColumnKind.plain

    init(_ name: String, _ reference: ColumnReference, kind: ColumnKind = .plain) {
        self.name = name
        self.reference = reference
        self.kind = kind
    }

    init(_ field: Field) { self.init(field.columnName, .field(field), kind: field.columnKind) }
}

extension Field {
    var columnKind: ColumnKind {
        switch self {
        case .level: .level
        case .time, .received: .time
        case .device, .session, .module, .logger, .process, .thread, .message, .id, .context: .plain
        }
    }
}
