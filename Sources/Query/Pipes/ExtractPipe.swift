import LogDB

/// `extract`, `extract_regex`: appends the text of an expression's groups as columns. Where the expression does not match
/// they are missing.
final class ExtractPipe: RowSource {
    private let input: any RowSource
    private let extraction: Extraction
    private var captures: RegexCaptures

    init(_ input: any RowSource, _ extraction: Extraction) {
        self.input = input
        self.extraction = extraction
        captures = RegexCaptures(extraction.pattern, groups: extraction.groups)
    }

    func next(isolation: isolated (any Actor)?) async throws -> RowBatch? {
        guard var rows = try await input.next(isolation: isolation) else { return nil }
        let reader = ColumnReader(rows, extraction.source.reference)
        var columns = extraction.groups.map { _ in [Value]() }
        for index in 0..<rows.count {
            let found = reader.withBytes(index) { captures.find(in: $0) } ?? nil
            for column in columns.indices {
                columns[column].append((found?[column]).map { .text($0) } ?? .missing)
            }
        }
        rows.computed += columns
        return rows
    }
}
