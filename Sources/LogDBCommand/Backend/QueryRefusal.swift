import LogModel
import Query

/// Something to say about a query's text, with its place in it.
struct QueryNote: Sendable, Equatable {
    /// In characters (Unicode scalars) from the start. Nil: the whole query.
    var offset: Int?
    var length = 0
    var message: String
    var expected: [String] = []
    var suggestion: String?
}

/// A query was refused, for these reasons.
struct QueryRefusal: Error {
    var text: String
    var notes: [QueryNote]
}

extension QueryNote {
    init(_ diagnostic: QueryDiagnostic) {
        self.init(
            offset: diagnostic.offset, length: diagnostic.length, message: diagnostic.message,
            expected: diagnostic.expected, suggestion: diagnostic.suggestion)
    }

    init(_ warning: QueryWarning) {
        self.init(offset: warning.offset, length: warning.length ?? 0, message: warning.message)
    }

    /// Reads an element of `errors` or `warnings` of the HTTP API.
    init?(_ json: JSONValue) {
        if let message = json.text {
            self.init(message: message)
            return
        }
        guard let message = (json["message"] ?? json["detail"] ?? json["title"])?.text else { return nil }
        self.init(
            offset: json["offset"]?.integer, length: json["length"]?.integer ?? 0, message: message,
            expected: json["expected"]?.elements.compactMap(\.text) ?? [], suggestion: json["suggestion"]?.text)
    }
}

extension QueryNote {
    /// The note as lines: what is wrong, and where its place is known, the query with that place underlined.
    func description(of text: String, label: String, paint: Style.Paint, style: Style) -> String {
        var lines = style.paint(label, paint) + " " + PlainText.escaped(message) + "\n"
        if let offset, !text.isEmpty {
            let scalars = Array(text.unicodeScalars)
            let start = min(max(0, offset), scalars.count)
            let end = min(scalars.count, start + max(0, length))
            let before = PlainText.escaped(QueryNote.string(scalars[..<start]))
            let marked = PlainText.escaped(QueryNote.string(scalars[start..<end]))
            let after = PlainText.escaped(QueryNote.string(scalars[end...]))
            let markWidth = max(1, PlainText.width(marked))
            lines += "  " + before + style.paint(marked, paint) + after + "\n"
            lines +=
                "  " + String(repeating: " ", count: PlainText.width(before))
                + style.paint("^" + String(repeating: "~", count: markWidth - 1), paint) + "\n"
        }
        if let suggestion {
            lines += "  did you mean " + style.paint(PlainText.escaped(suggestion), .bold) + " ?\n"
        } else if !expected.isEmpty {
            lines += "  expected " + PlainText.escaped(expected.map(QueryNote.quoted).joined(separator: ", ")) + "\n"
        }
        return lines
    }

    /// Punctuation stands out among commas only in quotes.
    private static func quoted(_ expected: String) -> String {
        expected.contains { $0.isLetter || $0.isNumber } ? expected : "“\(expected)”"
    }

    private static func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }
}
