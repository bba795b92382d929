import LogDB

/// `extract`, `extract_regex`: appends the text of an expression's groups as columns. Where the expression does not match
/// they are missing.
final class ExtractPipe: RowSource {
    private let input: any RowSource
    private let extraction: Extraction
    private var captures: RegexCaptures

    /// - Parameter deadline: When it ends with `LogError.Code.timeBudget`. Nil: never.
    init(_ input: any RowSource, _ extraction: Extraction, deadline: ContinuousClock.Instant?) {
        self.input = input
        self.extraction = extraction
        captures = RegexCaptures(extraction.pattern, groups: extraction.groups, deadline: deadline)
    }

    func next(isolation: isolated (any Actor)?) async throws -> RowBatch? {
        guard var rows = try await input.next(isolation: isolation) else { return nil }
        let reader = ColumnReader(rows, extraction.source.reference)
        var columns = extraction.groups.map { _ in TextColumn() }
        for index in 0..<rows.count {
            let isFound =
                reader.withBytes(index) { text in
                    captures.find(in: text) { columns[$0].append($1) }
                } ?? false
            if !isFound { for column in columns.indices { columns[column].append(nil) } }
        }
        if let failure = captures.failure { throw failure }
        rows.computed += columns.map { ComputedColumn($0) }
        return rows
    }
}
