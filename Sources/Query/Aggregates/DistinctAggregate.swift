import LogModel

/// `count_uniq(f, …)`: how many different values there are, or combinations of them; rows that have none of the columns
/// do not count.
///
/// Exact up to `exactCountMax` in a group. A group that has more goes over to HyperLogLog, and the answer says so.
final class DistinctAggregate: Accumulator {
    /// Different values of one group that are told apart exactly.
    static let exactCountMax = 65_536

    private let columns: [ColumnReference]
    private let name: String
    private let context: RunContext
    private var values: GroupIndex
    /// Groups and the numbers of their values, together in one number.
    private var pairs = PairSet()
    private var counts = GroupValues<UInt32>(0)
    /// Of the groups that have too many.
    private var sketches: [Int: HyperLogLog] = [:]

    init(_ columns: [ColumnReference], name: String, context: RunContext) {
        self.columns = columns
        self.name = name
        self.context = context
        values = GroupIndex(
            columns.map { StatsPlan.Group(column: Column("", $0)) }, buckets: columns.map { _ in nil })
    }

    var byteCount: Int {
        values.byteCount + pairs.byteCount + counts.elements.count * 4 + sketches.count * HyperLogLog.byteCount
    }

    func add(_ batch: RowBatch, groups: [UInt32], passes: [Bool]) {
        let readers = columns.map { ColumnReader(batch, $0) }
        var exact: [Int] = []
        for row in groups.indices where passes[row] && readers.contains(where: { $0.hasValue(row) }) {
            let group = Int(groups[row])
            if sketches[group] != nil {
                sketches[group]?.add(DistinctAggregate.hash(readers.map { $0.value(row) }))
            } else {
                exact.append(row)
            }
        }
        guard !exact.isEmpty else { return }
        let some = exact.count == batch.count ? batch : batch.picking(exact)
        let numbers = values.numbers(of: some)
        for (place, row) in exact.enumerated() { add(number: numbers[place], group: Int(groups[row])) }
    }

    func add(_ values: [Value], count: UInt64, group: Int) {
        if values.allSatisfy({ $0 == .missing }) { return }
        if sketches[group] != nil {
            sketches[group]?.add(DistinctAggregate.hash(values))
        } else {
            add(number: self.values.number(of: values), group: group)
        }
    }

    private func add(number: UInt32, group: Int) {
        if sketches[group] != nil {
            sketches[group]?.add(DistinctAggregate.hash(values.values(Int(number))))
            return
        }
        guard pairs.insert(group: UInt32(group), number: number) else { return }
        counts[group] += 1
        if counts[group] > DistinctAggregate.exactCountMax { goOver(group) }
    }

    private func goOver(_ group: Int) {
        var sketch = HyperLogLog()
        for number in pairs.remove(group: UInt32(group)) {
            sketch.add(DistinctAggregate.hash(values.values(Int(number))))
        }
        sketches[group] = sketch
        context.warn(
            "approximate_count",
            "\(name) is an estimate where there are more than \(DistinctAggregate.exactCountMax) different values: it is "
                + "within 2.5 % of the truth in 99 of 100 cases.")
    }

    func result(_ group: Int) -> Value {
        if let sketch = sketches[group] { return .integer(Int64(sketch.estimate.rounded())) }
        return .integer(Int64(counts[group]))
    }

    private static func hash(_ values: [Value]) -> UInt64 {
        var bytes: [UInt8] = []
        for value in values {
            let part = value.bytes
            bytes.append(part == nil ? 0 : 1)
            withUnsafeBytes(of: UInt32(part?.count ?? 0).littleEndian) { bytes.append(contentsOf: $0) }
            bytes += part ?? []
        }
        return bytes.withUnsafeBytes { ByteHash.hash($0) }
    }
}

/// A set of pairs of numbers.
private struct PairSet {
    /// Open-addressed: a pair plus one, or 0 where free. A power of two, at most half full.
    private var slots = [UInt64](repeating: 0, count: 64)
    private var count = 0

    var byteCount: Int { slots.count * 8 }

    /// - Returns: Whether it is new.
    mutating func insert(group: UInt32, number: UInt32) -> Bool {
        let pair = (UInt64(group) << 32 | UInt64(number)) + 1
        guard insert(pair) else { return false }
        count += 1
        if count * 2 > slots.count { rebuild(slots.count * 2) { _ in true } }
        return true
    }

    private mutating func insert(_ pair: UInt64) -> Bool {
        var slot = PairSet.hash(pair) & (slots.count - 1)
        while slots[slot] != 0 {
            if slots[slot] == pair { return false }
            slot = (slot + 1) & (slots.count - 1)
        }
        slots[slot] = pair
        return true
    }

    /// - Returns: The numbers that the group had.
    mutating func remove(group: UInt32) -> [UInt32] {
        var numbers: [UInt32] = []
        rebuild(slots.count) { pair in
            guard UInt32(truncatingIfNeeded: (pair - 1) >> 32) == group else { return true }
            numbers.append(UInt32(truncatingIfNeeded: pair - 1))
            return false
        }
        count -= numbers.count
        return numbers
    }

    private mutating func rebuild(_ capacity: Int, keeping isKept: (UInt64) -> Bool) {
        let before = slots
        slots = [UInt64](repeating: 0, count: capacity)
        for pair in before where pair != 0 && isKept(pair) { _ = insert(pair) }
    }

    private static func hash(_ pair: UInt64) -> Int {
        var hash = pair &* 0xff51_afd7_ed55_8ccd
        hash ^= hash >> 32
        return Int(truncatingIfNeeded: hash & 0x7fff_ffff_ffff_ffff)
    }
}
