import LogDB
import LogModel

/// `dedup`: of the entries whose columns have the same values the newest, where it stands in the current order; of rows
/// of a table the first. What is missing is a value like any other.
final class DedupPipe: RowSource {
    private let input: any RowSource
    private let columns: [Column]
    /// Whether the input comes newest first, so that the first of its kind is the newest.
    private let isNewestFirst: Bool
    private let memory: PipeMemory
    private var heldByteCount = 0
    private var groups: GroupIndex
    private var output: HeldRows?

    init(_ input: any RowSource, _ columns: [Column], isNewestFirst: Bool, memory: PipeMemory) {
        self.input = input
        self.columns = columns
        self.isNewestFirst = isNewestFirst
        self.memory = memory
        groups = GroupIndex(columns.map { StatsPlan.Group(column: $0) }, buckets: columns.map { _ in nil })
    }

    func next(isolation: isolated (any Actor)?) async throws -> RowBatch? {
        isNewestFirst ? try await nextFirst(isolation) : try await nextNewest(isolation)
    }

    private func nextFirst(_ isolation: isolated (any Actor)?) async throws -> RowBatch? {
        while let rows = try await input.next(isolation: isolation) {
            let before = groups.count
            let numbers = groups.numbers(of: rows)
            try memory.hold(&heldByteCount, groups.byteCount, "dedup")
            // Groups are numbered as they come, so that a new one's first row has the next number.
            var expected = before
            let kept = numbers.indices.filter { row in
                guard Int(numbers[row]) == expected else { return false }
                expected += 1
                return true
            }
            if !kept.isEmpty { return rows.picking(kept) }
        }
        return nil
    }

    private func nextNewest(_ isolation: isolated (any Actor)?) async throws -> RowBatch? {
        if output == nil { output = HeldRows(try await gather(isolation)) }
        return try await output?.next(isolation: isolation)
    }

    private func gather(_ isolation: isolated (any Actor)?) async throws -> RowBatch {
        var held: RowBatch?
        // Of each group the place of its newest row in `held`.
        var newest: [Int] = []
        func compact(_ rows: RowBatch) -> RowBatch {
            let order = newest.indices.sorted { newest[$0] < newest[$1] }
            let places = order.map { newest[$0] }
            for (place, group) in order.enumerated() { newest[group] = place }
            return rows.keeping(places)
        }
        while let rows = try await input.next(isolation: isolation) {
            let numbers = groups.numbers(of: rows)
            var all = held ?? RowBatch(like: rows)
            held = nil
            for row in 0..<rows.count {
                let group = Int(numbers[row])
                if group < newest.count, !EntryOrder.isLater(rows, row, than: all, newest[group]) { continue }
                if group == newest.count { newest.append(all.count) } else { newest[group] = all.count }
                all.append(CollectionOfOne(row), of: rows)
            }
            if all.count > 2 * newest.count + RowChunk.rowCountMax { all = compact(all) }
            try memory.hold(&heldByteCount, groups.byteCount + all.byteCount, "dedup")
            held = all
        }
        return held.map(compact) ?? RowBatch(computed: [], count: 0)
    }
}

/// The total order of entries.
enum EntryOrder {
    /// Whether a row stands after another by (time, device, session, commit position). Of rows that are no entries none
    /// does.
    static func isLater(_ left: RowBatch, _ leftRow: Int, than right: RowBatch, _ rightRow: Int) -> Bool {
        guard let left = left.entries, let right = right.entries else { return false }
        return compare(left, leftRow, right, rightRow) > 0
    }

    /// Negative, zero or positive as the left entry stands before, at or after the right one.
    static func compare(_ left: Rows, _ leftRow: Int, _ right: Rows, _ rightRow: Int) -> Int {
        let (a, b) = (left.keys[leftRow], right.keys[rightRow])
        if a.time != b.time { return a.time < b.time ? -1 : 1 }
        if a.device != b.device {
            let order = left.batch.strings[Int(left.batch.devices[leftRow])].compared(
                to: right.batch.strings[Int(right.batch.devices[rightRow])])
            if order != 0 { return order }
        }
        if a.session != b.session {
            let order = left.batch.strings[Int(left.batch.sessions[leftRow])].compared(
                to: right.batch.strings[Int(right.batch.sessions[rightRow])])
            if order != 0 { return order }
        }
        return a.sequence == b.sequence ? 0 : a.sequence < b.sequence ? -1 : 1
    }
}
