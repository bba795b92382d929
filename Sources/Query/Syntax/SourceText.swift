/// A query's text as bytes, and the way from byte positions to what diagnostics report.
struct SourceText: Sendable {
    let bytes: [UInt8]

    init(_ text: String) { bytes = Array(text.utf8) }

    /// The text of `span`.
    func slice(_ span: SourceSpan) -> String {
        let start = min(max(0, span.start), bytes.count)
        return String(decoding: bytes[start..<min(bytes.count, start + span.count)], as: UTF8.self)
    }

    /// How many Unicode scalars begin in `range`.
    private func scalarCount(_ range: Range<Int>) -> Int {
        bytes[range].reduce(0) { $0 + ($1 & 0xc0 == 0x80 ? 0 : 1) }
    }

    /// A span in characters, as diagnostics and warnings report it.
    func position(_ span: SourceSpan) -> (offset: Int, length: Int) {
        let start = min(max(0, span.start), bytes.count)
        let end = min(bytes.count, start + span.count)
        return (scalarCount(0..<start), scalarCount(start..<end))
    }

    func diagnostic(
        _ code: String, _ span: SourceSpan, _ message: String, expected: [String] = [], suggestion: String? = nil
    ) -> QueryDiagnostic {
        let (offset, length) = position(span)
        return QueryDiagnostic(
            code: code, offset: offset, length: length, message: message, expected: expected, suggestion: suggestion)
    }

    func warning(_ code: String, _ span: SourceSpan, _ message: String) -> QueryWarning {
        let (offset, length) = position(span)
        return QueryWarning(code: code, message: message, offset: offset, length: length)
    }
}
