import LogDB

/// What the rows between two pipes have: which names mean what.
struct Schema: Hashable, Sendable {
    /// Whether the rows are entries.
    private(set) var hasEntries = true
    /// Whether all fields of the entry are there, but for those that are hidden.
    private(set) var isOpen = true
    /// Fields of the entry that were dropped, renamed, or that a column of the same name covers.
    private(set) var hidden: Set<Field> = []
    /// In their order; of open entries those that come after the entry's own fields.
    private(set) var columns: [Column] = []
    /// How many computed columns the batches have, named or not.
    private(set) var computedCount = 0
    /// The computed columns of attributes that were joined to the entries; they have no name.
    private(set) var joined: [JoinedAttribute: Int] = [:]

    static let entries = Schema()

    /// The schema of a table.
    static func table(_ columns: [(name: String, kind: ColumnKind)]) -> Schema {
        var schema = Schema()
        schema.hasEntries = false
        schema.isOpen = false
        for column in columns { schema.add(column.name, kind: column.kind) }
        return schema
    }

    enum Lookup {
        case column(Column)
        /// A property of the device or session that has to be joined first.
        case joined(JoinedAttribute)
        case unknown
    }

    func lookup(_ name: FieldName) -> Lookup {
        if !name.isAttribute, let exact = columns.first(where: { $0.name == name.name }) { return .column(exact) }
        switch FieldCatalog.meaning(name) {
        case .field(let field):
            if let column = columns.first(where: { $0.name == field.columnName }) { return .column(column) }
            return isOpen && !hidden.contains(field) ? .column(Column(field)) : .unknown
        case .joined(let attribute):
            guard isOpen else { return .unknown }
            return joined[attribute].map { .column(Column(attribute.name, .computed($0))) } ?? .joined(attribute)
        }
    }

    /// The names that there are, for messages; of open entries the language's own.
    var names: [String] {
        let own = isOpen ? FieldCatalog.builtIn.filter { !hidden.contains($0) }.map(\.columnName) : []
        return own + columns.map(\.name)
    }

    // MARK: What pipes do to it

    /// A column that is computed now, at the end, or in the place of one with the same name.
    mutating func add(_ name: String, kind: ColumnKind = .plain) {
        let column = Column(name, .computed(computedCount), kind: kind)
        computedCount += 1
        if let place = columns.firstIndex(where: { $0.name == name }) {
            columns[place] = column
        } else {
            columns.append(column)
        }
        hideField(called: name)
    }

    mutating func join(_ attribute: JoinedAttribute) {
        joined[attribute] = computedCount
        computedCount += 1
    }

    /// Keeps these columns alone, in this order.
    mutating func keep(_ columns: [Column]) {
        isOpen = false
        hidden = []
        self.columns = columns
    }

    mutating func remove(_ column: Column) {
        if let place = columns.firstIndex(where: { $0.name == column.name }) {
            columns.remove(at: place)
        } else if case .field(let field) = column.reference {
            hidden.insert(field)
        }
    }

    mutating func rename(_ column: Column, as name: String) {
        var renamed = column
        renamed.name = name
        if let place = columns.firstIndex(where: { $0.name == column.name }) {
            columns[place] = renamed
        } else {
            remove(column)
            columns.append(renamed)
        }
        hideField(called: name)
    }

    private mutating func hideField(called name: String) {
        guard isOpen, case .field(let field) = FieldCatalog.meaning(FieldName(reading: name)) else { return }
        hidden.insert(field)
    }

    // MARK: What is shown

    /// The fields that are shown, where the rows are entries and no more: nil inside for all of them. Nil: the rows are
    /// a table.
    var entryColumns: [Field]?? {
        guard hasEntries else { return nil }
        if isOpen { return hidden.isEmpty && columns.isEmpty ? .some(nil) : nil }
        var fields: [Field] = []
        for column in columns {
            guard case .field(let field) = column.reference, field.columnName == column.name else { return nil }
            fields.append(field)
        }
        return .some(fields)
    }

    /// What the rows are shown as in a table: named columns, or the entry's context.
    enum Shown: Hashable, Sendable {
        case column(Column)
        /// Without these attributes.
        case context(hidden: Set<String>)

        var name: String {
            switch self {
            case .column(let column): column.name
            case .context: "context"
            }
        }
    }

    var shown: [Shown] {
        guard isOpen else { return columns.map { .column($0) } }
        var hiddenKeys: Set<String> = []
        for case .context(let key) in hidden { hiddenKeys.insert(key) }
        let own = Schema.entryFields.filter { !hidden.contains($0) }.map { Shown.column(Column($0)) }
        return own + [.context(hidden: hiddenKeys)] + columns.map { .column($0) }
    }

    /// In the order in which an entry is shown.
    private static let entryFields: [Field] = [
        .id, .time, .received, .device, .session, .level, .module, .logger, .process, .thread, .message,
    ]
}
