public import LogDB

/// The names of fields and what they stand for.
enum FieldCatalog {
    /// What a name means.
    enum Meaning: Hashable {
        case field(Field)
        /// A property of the device or session, joined in by name.
        case joined(JoinedAttribute)
    }

    static let builtIn: [Field] = [
        .time, .level, .device, .session, .module, .logger, .process, .thread, .message, .id, .received,
    ]

    /// Longer names of the same fields, as entries are sent with them.
    static let aliases: [String: Field] = [
        "session_id": .session, "module_name": .module, "logger_name": .logger, "process_id": .process,
        "thread_id": .thread, "timestamp": .time, "dsn": .device,
    ]

    /// Names that join in from the fleet and session tables.
    static let joined = Set(JoinedAttribute.allCases.map(\.name))

    private static let byName: [String: Field] = {
        var table = aliases
        for field in builtIn { table[field.name] = field }
        return table
    }()

    static func meaning(_ name: FieldName) -> Meaning {
        if name.isAttribute { return .field(.context(name.name)) }
        if let field = byName[name.name] { return .field(field) }
        if let attribute = JoinedAttribute(rawValue: name.name) { return .joined(attribute) }
        let prefix = "context."
        if name.name.hasPrefix(prefix), name.name.utf8.count > prefix.utf8.count {
            return .field(.context(String(name.name.dropFirst(prefix.count))))
        }
        return .field(.context(name.name))
    }

    /// Why a name that joins in is none of an entry's own fields.
    static func joinedField(_ name: String) -> QueryErrors {
        QueryErrors([
            QueryDiagnostic(
                code: "joined_field", offset: 0, length: name.unicodeScalars.count,
                message: "\(name) is a property of the device or session; it stands in queries, and not here.",
                expected: ["a field of entries"], suggestion: "| stats count() by \(name)")
        ])
    }

    /// Whether the name is one of the language's own.
    static func isKnown(_ name: FieldName) -> Bool {
        !name.isAttribute && (byName[name.name] != nil || joined.contains(name.name))
    }

    /// The field that an unknown name was probably meant to be, or nil.
    static func resembling(_ name: FieldName) -> String? {
        guard !name.isAttribute, !isKnown(name), !name.name.hasPrefix("context.") else { return nil }
        let names =
            builtIn.map(\.name) + aliases.keys.sorted() + joined.sorted() + FieldName.reservedNames.sorted()
        // A reserved name that was quoted is meant as it is.
        let nearest = EditDistance.nearest(to: name.name, among: names)
        return nearest == name.name ? nil : nearest
    }
}

extension Field {
    /// What the field is called as a column of an answer. An attribute of the context whose plain name stands for
    /// something else has `@` before it, as in a query.
    public var columnName: String {
        guard case .context(let key) = self else { return name }
        return FieldCatalog.meaning(FieldName(key)) == .field(self) && !key.hasPrefix("@") ? key : "@" + key
    }

    /// The field that a name stands for outside of a query's text.
    ///
    /// - Throws: `QueryErrors` with `joined_field` for a property of the device or session, which entries do not have.
    public init(named name: String) throws(QueryErrors) {
        let name = FieldName(reading: name)
        guard case .field(let field) = FieldCatalog.meaning(name) else { throw FieldCatalog.joinedField(name.name) }
        self = field
    }
}
