import LogDB
import LogModel

/// Rows as they travel from operator to operator: entries, computed columns, or both.
struct RowBatch {
    /// Of each row the entry it came from; nil where the rows are a table.
    var entries: Rows?
    /// A value a row each.
    var computed: [[Value]]
    private(set) var count: Int

    init(entries: Rows, computed: [[Value]] = []) {
        self.entries = entries
        self.computed = computed
        count = entries.count
    }

    /// Rows of a table.
    init(computed: [[Value]], count: Int) {
        self.computed = computed
        self.count = count
    }

    /// As `other` is, without rows.
    init(like other: RowBatch) {
        entries = other.entries == nil ? nil : Rows()
        computed = other.computed.map { _ in [] }
        count = 0
    }

    var isEmpty: Bool { count == 0 }

    mutating func append(_ index: Int, of other: RowBatch) {
        if let source = other.entries { entries?.append(index, of: source) }
        for column in computed.indices { computed[column].append(other.computed[column][index]) }
        count += 1
    }

    func picking(_ indexes: some Collection<Int>) -> RowBatch {
        var picked = RowBatch(like: self)
        for index in indexes { picked.append(index, of: self) }
        return picked
    }

    func slice(_ range: Range<Int>) -> RowBatch { range == 0..<count ? self : picking(range) }

    mutating func reverse() { self = picking((0..<count).reversed()) }

    /// What the rows cost in memory, roughly, in bytes.
    var byteCount: Int {
        computed.reduce(entries?.byteCount ?? 0) { sum, column in column.reduce(sum) { $0 + $1.byteCount } }
    }

    /// What one row costs, roughly, in bytes.
    func byteCount(at index: Int) -> Int {
        var sum = computed.reduce(0) { $0 + $1[index].byteCount }
        if let batch = entries?.batch {
            sum += 100 + batch.messages.range(index).count
            for attribute in batch.contextRange(index) { sum += 16 + batch.contextValues.range(attribute).count }
        }
        return sum
    }
}
