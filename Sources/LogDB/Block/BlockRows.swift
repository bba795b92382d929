/// The rows of a block to be, in its order, as stretches of the groups that they come from: nothing is copied until a
/// column is written.
struct BlockRows {
    /// Consecutive rows of one group.
    struct Span {
        /// In `groups`.
        var group: Int
        var rows: Range<Int>
    }

    private(set) var groups: [RowGroup] = []
    private(set) var spans: [Span] = []
    private(set) var count = 0

    /// All rows of one group.
    init(_ group: RowGroup) { append(0..<group.rowCount, of: group) }

    init() {}

    var isEmpty: Bool { count == 0 }

    mutating func append(_ rows: Range<Int>, of group: RowGroup) {
        guard !rows.isEmpty else { return }
        count += rows.count
        if let last = spans.indices.last, groups[spans[last].group] === group,
            spans[last].rows.upperBound == rows.lowerBound
        {
            spans[last].rows = spans[last].rows.lowerBound..<rows.upperBound
            return
        }
        let known = groups.lastIndex { $0 === group }
        if known == nil { groups.append(group) }
        spans.append(Span(group: known ?? groups.count - 1, rows: rows))
    }

    /// Copies one column of the rows, each group's read once.
    func gather<Element>(
        into column: inout GrowingBuffer<Element>,
        _ read: (RowGroup) throws(LogError) -> UnsafeBufferPointer<Element>
    ) throws(LogError) {
        var views: [UnsafeBufferPointer<Element>] = []
        for group in groups { views.append(try read(group)) }
        column.removeAll()
        for span in spans {
            column.append(copying: UnsafeBufferPointer(rebasing: views[span.group][span.rows]))
        }
    }
}
