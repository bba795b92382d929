import LogDB
import LogModel

/// Counts by group, however they were found.
struct GroupTable {
    private(set) var counts: [[GroupValue]: UInt64] = [:]
    private let groupCountMax: Int

    init(groupCountMax: Int) { self.groupCountMax = groupCountMax }

    mutating func add(_ values: [GroupValue], _ count: UInt64) throws(LogError) {
        counts[values, default: 0] += count
        if counts.count > groupCountMax {
            throw LogError(
                .memoryBudget,
                "There are more than \(groupCountMax) groups; group by fewer fields, or ask for a shorter time.")
        }
    }
}

extension Value {
    init(_ value: GroupValue) {
        switch value {
        case .missing: self = .missing
        case .text(let bytes): self = .text(bytes)
        case .time(let time): self = .time(Timestamp(microseconds: time))
        }
    }
}
