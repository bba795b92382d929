public import LogDB
public import LogModel

/// Single values of the language, for parameters that stand outside a query.
public enum QueryParameters {
    /// The field that a name stands for: a field's own name, one of its aliases, else a context attribute (`@name` always).
    ///
    /// - Throws: `QueryErrors` with `expected_field` for an empty name, `joined_field` for one that joins in.
    public static func field(_ text: String) throws(QueryErrors) -> Field {
        let isAttribute = text.hasPrefix("@")
        let name = isAttribute ? String(text.dropFirst()) : text
        if name.isEmpty {
            throw failure(text, "expected_field", "The name of a field is missing.", ["level", "module"])
        }
        guard case .field(let field) = FieldCatalog.meaning(FieldName(name, isAttribute: isAttribute)) else {
            throw FieldCatalog.joinedField(name)
        }
        return field
    }

    /// A duration in microseconds, at least 1.
    ///
    /// - Throws: `QueryErrors` with `invalid_duration`.
    public static func duration(_ text: String) throws(QueryErrors) -> Int64 {
        guard let duration = QueryDuration(text: text), duration.microseconds > 0 else {
            throw failure(
                text, "invalid_duration", "“\(text)” is no duration.", ["a duration such as 1h"],
                InstantReader.durationSuggestion(text))
        }
        return duration.microseconds
    }

    /// A moment, written as in `since:`; a date without a zone is UTC.
    ///
    /// - Throws: `QueryErrors` with `invalid_time`.
    public static func instant(_ text: String, now: Timestamp) throws(QueryErrors) -> Timestamp {
        do {
            return TimeResolver(now: now, zone: .utc).instant(try InstantReader.instant(text))
        } catch {
            throw failure(text, "invalid_time", error.message, InstantReader.expected, error.suggestion)
        }
    }

    private static func failure(
        _ text: String, _ code: String, _ message: String, _ expected: [String], _ suggestion: String? = nil
    ) -> QueryErrors {
        QueryErrors([
            QueryDiagnostic(
                code: code, offset: 0, length: text.unicodeScalars.count, message: message, expected: expected,
                suggestion: suggestion)
        ])
    }
}
