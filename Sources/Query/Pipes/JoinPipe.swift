import LogDB

/// Appends what the tables say of each entry's device or session as a column.
final class JoinPipe: RowSource {
    private let input: any RowSource
    private let attribute: JoinedAttribute
    private let store: LogStore

    init(_ input: any RowSource, _ attribute: JoinedAttribute, store: LogStore) {
        self.input = input
        self.attribute = attribute
        self.store = store
    }

    func next(isolation: isolated (any Actor)?) async throws -> RowBatch? {
        guard var rows = try await input.next(isolation: isolation) else { return nil }
        let values = try await store.joined(attribute, of: rows.entries?.keys ?? [])
        var column = TextColumn()
        for value in values {
            if let value { value.withUnsafeBytes { column.append($0) } } else { column.append(nil) }
        }
        rows.computed.append(ComputedColumn(column))
        return rows
    }
}
