import LogDB
import LogModel

/// Rows as they travel from operator to operator: entries, computed columns, or both.
struct RowBatch {
    /// Of each row the entry it came from; nil where the rows are a table.
    var entries: Rows?
    /// A value a row each.
    var computed: [ComputedColumn]
    private(set) var count: Int

    init(entries: Rows, computed: [ComputedColumn] = []) {
        self.entries = entries
        self.computed = computed
        count = entries.count
    }

    /// Rows of a table.
    init(computed: [[Value]], count: Int) {
        self.computed = computed.map { ComputedColumn($0) }
        self.count = count
    }

    /// As `other` is, without rows.
    init(like other: RowBatch) {
        entries = other.entries == nil ? nil : Rows()
        computed = other.computed.map { ComputedColumn(like: $0) }
        count = 0
    }

    var isEmpty: Bool { count == 0 }

    /// Copies rows of `other` to the end.
    mutating func append(_ indexes: some Collection<Int>, of other: RowBatch) {
        if let source = other.entries { entries?.append(indexes, of: source) }
        for column in computed.indices { computed[column].append(indexes, of: other.computed[column]) }
        count += indexes.count
    }

    /// The rows at `indexes`, in that order, for the next operator: those of entries share the strings of all.
    func picking(_ indexes: some Collection<Int>) -> RowBatch {
        var picked = RowBatch(like: self)
        picked.entries = entries?.gathering(indexes)
        for column in computed.indices { picked.computed[column].append(indexes, of: computed[column]) }
        picked.count = indexes.count
        return picked
    }

    /// The rows at `indexes`, in that order, with nothing of the others: for rows that are held.
    func keeping(_ indexes: some Collection<Int>) -> RowBatch {
        var kept = RowBatch(like: self)
        kept.append(indexes, of: self)
        return kept
    }

    /// Removes the rows from number `count` on.
    mutating func truncate(to count: Int) {
        guard count < self.count else { return }
        entries?.truncate(to: count)
        for column in computed.indices {
            var rest = ComputedColumn(like: computed[column])
            rest.append(0..<count, of: computed[column])
            computed[column] = rest
        }
        self.count = count
    }

    func slice(_ range: Range<Int>) -> RowBatch { range == 0..<count ? self : picking(range) }

    /// What the rows cost in memory, roughly, in bytes.
    var byteCount: Int { computed.reduce(entries?.byteCount ?? 0) { $0 + $1.byteCount } }
}
