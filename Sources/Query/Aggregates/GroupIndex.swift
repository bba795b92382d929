/// Numbers for combinations of values, in the order in which they were first seen.
struct GroupIndex {
    private let groups: [StatsPlan.Group]
    private let buckets: [TimeBuckets?]
    private var codes: [ValueCodes]
    /// The codes of each combination, one after the other.
    private var tuples: [UInt32] = []
    /// Open-addressed: a combination's number plus one, or 0 where free. A power of two, at most half full.
    private var slots = [UInt32](repeating: 0, count: 64)
    private(set) var count = 0

    /// - Parameter buckets: What times are rounded down to, of each group.
    init(_ groups: [StatsPlan.Group], buckets: [TimeBuckets?]) {
        self.groups = groups
        self.buckets = buckets
        codes = groups.map { _ in ValueCodes() }
    }

    /// In memory, about.
    var byteCount: Int { codes.reduce(tuples.count * 4 + slots.count * 4) { $0 + $1.byteCount } }

    /// Of the texts that occur in a group.
    var textByteCount: Int { codes.reduce(0) { $0 + $1.textByteCount } }

    /// The number of each row's combination.
    mutating func numbers(of batch: RowBatch) -> [UInt32] {
        if groups.isEmpty {
            count = max(count, batch.count > 0 ? 1 : 0)
            return [UInt32](repeating: 0, count: batch.count)
        }
        let columns = groups.indices.map { index in
            codes[index].codes(
                of: ColumnReader(batch, groups[index].column.reference), count: batch.count, buckets: buckets[index])
        }
        var tuple = [UInt32](repeating: 0, count: groups.count)
        return (0..<batch.count).map { row in
            for column in columns.indices { tuple[column] = columns[column][row] }
            return number(of: tuple)
        }
    }

    /// The number of one combination.
    mutating func number(of values: [Value]) -> UInt32 {
        if groups.isEmpty {
            count = 1
            return 0
        }
        return number(of: values.indices.map { codes[$0].code(values[$0]) })
    }

    func values(_ number: Int) -> [Value] {
        codes.indices.map { codes[$0].value(tuples[number * groups.count + $0]) }
    }

    private mutating func number(of tuple: [UInt32]) -> UInt32 {
        var slot = GroupIndex.hash(tuple) & (slots.count - 1)
        while slots[slot] != 0 {
            let number = Int(slots[slot] - 1)
            if equals(number, tuple) { return UInt32(number) }
            slot = (slot + 1) & (slots.count - 1)
        }
        tuples += tuple
        count += 1
        slots[slot] = UInt32(count)
        if count * 2 > slots.count { grow() }
        return UInt32(count - 1)
    }

    private func equals(_ number: Int, _ tuple: [UInt32]) -> Bool {
        let start = number * tuple.count
        for index in tuple.indices where tuples[start + index] != tuple[index] { return false }
        return true
    }

    private static func hash(_ tuple: some Sequence<UInt32>) -> Int {
        var hash: UInt64 = 0x9e37_79b9_7f4a_7c15
        for code in tuple {
            hash = (hash ^ UInt64(code)) &* 0xff51_afd7_ed55_8ccd
            hash ^= hash >> 32
        }
        return Int(truncatingIfNeeded: hash & 0x7fff_ffff_ffff_ffff)
    }

    private mutating func grow() {
        slots = [UInt32](repeating: 0, count: slots.count * 2)
        for number in 0..<count {
            let start = number * groups.count
            var slot = GroupIndex.hash(tuples[start..<(start + groups.count)]) & (slots.count - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = UInt32(number + 1)
        }
    }
}
