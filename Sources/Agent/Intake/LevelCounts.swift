public import LogModel

/// How many entries of each level.
public struct LevelCounts: Sendable, Hashable {
    private var counts: [Int] = [Int](repeating: 0, count: Level.allCases.count)

    public init() {}

    /// Of all entries of `batch`.
    public init(_ batch: Batch) {
        for level in batch.levels { counts[Int(level)] += 1 }
    }

    public subscript(_ level: Level) -> Int {
        get { counts[Int(level.rawValue)] }
        set { counts[Int(level.rawValue)] = newValue }
    }

    public var total: Int { counts.reduce(0, +) }
    public var isEmpty: Bool { total == 0 }

    public static func += (left: inout LevelCounts, right: LevelCounts) {
        for level in Level.allCases { left[level] += right[level] }
    }

    public static func -= (left: inout LevelCounts, right: LevelCounts) {
        for level in Level.allCases { left[level] -= right[level] }
    }

    /// The levels that occur, by their names.
    public var byName: [String: Int] {
        var named: [String: Int] = [:]
        for level in Level.allCases where self[level] != 0 { named[level.name] = self[level] }
        return named
    }
}
