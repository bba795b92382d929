import LogDB
import LogModel

/// `fieldnames`: which columns the rows have, and in how many of them; the most frequent first.
final class FieldNamesPipe: RowSource {
    private let input: any RowSource
    private let schema: Schema
    private let memory: PipeMemory
    private var heldByteCount = 0
    private var counts: [String: Int64] = [:]
    private var attributes: [[UInt8]: Int64] = [:]
    private var output: HeldRows?

    init(_ input: any RowSource, _ schema: Schema, memory: PipeMemory) {
        self.input = input
        self.schema = schema
        self.memory = memory
    }

    func next(isolation: isolated (any Actor)?) async throws -> RowBatch? {
        if output == nil {
            while let rows = try await input.next(isolation: isolation) {
                count(rows)
                let byteCount = attributes.reduce(0) { $0 + $1.key.count + 80 }
                try memory.hold(&heldByteCount, byteCount, "fieldnames")
            }
            for (name, count) in attributes {
                counts[Field.context(String(decoding: name, as: UTF8.self)).columnName, default: 0] += count
            }
            output = HeldRows(FieldNamesPipe.table(counts.map { ($0.key, $0.value) }))
        }
        return try await output?.next(isolation: isolation)
    }

    private func count(_ batch: RowBatch) {
        for shown in schema.shown {
            switch shown {
            case .column(let column):
                let reader = ColumnReader(batch, column.reference)
                let present = (0..<batch.count).reduce(into: Int64(0)) { $0 += reader.hasValue($1) ? 1 : 0 }
                if present > 0 { counts[column.name, default: 0] += present }
            case .context(let hidden):
                if let rows = batch.entries { countAttributes(rows.batch, hidden) }
            }
        }
    }

    /// Keys are numbers of strings: each is looked up once, not once a row.
    private func countAttributes(_ batch: Batch, _ hidden: Set<String>) {
        var perString = [Int64](repeating: 0, count: batch.strings.count)
        for key in batch.contextKeys { perString[Int(key)] += 1 }
        for (string, present) in perString.enumerated() where present > 0 {
            if hidden.contains(batch.strings.text(string)) { continue }
            attributes[batch.strings[string], default: 0] += present
        }
    }

    /// The most frequent first, then by name.
    static func table(_ counts: [(name: String, count: Int64)]) -> RowBatch {
        let sorted = counts.sorted { ($1.count, $0.name) < ($0.count, $1.name) }
        return RowBatch(
            computed: [sorted.map { Value($0.name) }, sorted.map { .integer($0.count) }], count: sorted.count)
    }

    /// What the engine says of the entries themselves.
    static func counted(
        _ range: TimeRange, _ filter: Filter, _ context: RunContext, isolation: isolated (any Actor)? = #isolation
    ) async throws -> any RowSource {
        let counts = try await context.store.fieldNames(
            range: range, filter: filter, deadline: context.query.context.deadline, in: context.snapshot)
        var statistics = ScanStatistics()
        statistics.rowsMatched = Int(clamping: counts.map(\.count).max() ?? 0)
        context.add(statistics)
        return HeldRows(table(counts.map { ($0.field.columnName, Int64(clamping: $0.count)) }))
    }
}
