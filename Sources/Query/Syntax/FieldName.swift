/// A field as a query names it. What it stands for is decided when the query is planned.
public struct FieldName: Hashable, Sendable {
    public var name: String
    /// Written with `@`: a context attribute, whatever the name.
    public var isAttribute: Bool
    public var span: SourceSpan

    public init(_ name: String, isAttribute: Bool = false, span: SourceSpan = .none) {
        self.name = name
        self.isAttribute = isAttribute
        self.span = span
    }

    /// Reads a name that stands alone, outside of a query's text, so that no character in it means anything but `@` at
    /// its start.
    public init(reading text: String) {
        if text.hasPrefix("@"), text.unicodeScalars.count > 1 {
            self.init(String(text.dropFirst()), isAttribute: true)
        } else {
            self.init(text)
        }
    }

    /// The names of time clauses.
    static let timeNames: Set<String> = ["since", "until", "between", "on", "around", "tz"]
    /// Names that mean something else than a field when written plainly before a colon.
    static let reservedNames: Set<String> = timeNames.union(["has", "missing"])
}
