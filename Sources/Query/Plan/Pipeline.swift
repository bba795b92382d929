import LogDB

/// What happens to the entries that the filter finds.
struct Pipeline: Sendable {
    /// In order.
    var stages: [Stage] = []
    /// What the rows have after the last of them.
    var schema = Schema.entries
}

/// One operator.
enum Stage: Sendable {
    case filter(RowTest)
    /// Appends a computed column.
    case join(JoinedAttribute)
    case extract(Extraction)
    case sort([SortKey])
    case limit(Int)
    case tail(Int)
    case dedup([Column])
    case context(Neighbours)
    case stats(StatsPlan)
    case patterns(PatternsPlan)
    case fieldNames(Schema)
    /// Everything before, whose rows have this, is executed and told about.
    case explain(Schema)
}

struct SortKey: Hashable, Sendable {
    var column: Column
    var isDescending: Bool
}

/// Named groups of an expression, each a computed column.
struct Extraction: Sendable {
    var source: Column
    var pattern: RegexPattern
    /// The numbers of the groups, from 1.
    var groups: [Int]
    /// The pipe that was written.
    var pipe: String
}

/// `context`: how many entries before and after each are wanted.
struct Neighbours: Hashable, Sendable {
    var before: Int
    var after: Int
    /// Microseconds from the entry at most. Nil: any.
    var within: Int64?
}

struct PatternsPlan: Hashable, Sendable {
    var message: Column
    var time: Column?
}

/// Groups of rows and what is told of each.
struct StatsPlan: Sendable {
    /// The pipe that was written, for messages.
    var pipe: String
    var groups: [Group]
    var aggregates: [Aggregate]
    /// Whether a group that has none of its values is left out.
    var skipsMissing = false
    /// Whether there is a row for each bucket of time of the range, also where nothing was found.
    var fillsTime = false

    struct Group: Hashable, Sendable {
        var column: Column
        /// The width of a bucket of time, in microseconds. Nil: the value itself.
        var step: Int64?
    }

    struct Aggregate: Sendable {
        var function: AggregateFunction
        /// That of `quantile`.
        var number: Double?
        var columns: [Column]
        var condition: RowTest?
        var name: String
    }

    /// The width of the first bucket of time among the groups.
    var step: Int64? { groups.lazy.compactMap(\.step).first }
}

extension Stage {
    /// Whether it answers each row by itself, and so needs no memory.
    var isRowWise: Bool {
        switch self {
        case .filter, .join, .extract: true
        case .sort, .limit, .tail, .dedup, .context, .stats, .patterns, .fieldNames, .explain: false
        }
    }

    /// Whether the rows have more columns after it.
    var appendsColumns: Bool {
        switch self {
        case .join, .extract, .context: true
        case .filter, .sort, .limit, .tail, .dedup, .stats, .patterns, .fieldNames, .explain: false
        }
    }

    /// Whether it holds rows or groups.
    var gathers: Bool {
        switch self {
        case .filter, .join, .extract, .limit, .explain: false
        case .sort, .tail, .dedup, .context, .patterns, .fieldNames: true
        // One group's aggregates take little, whatever the rows.
        case .stats(let plan): !plan.groups.isEmpty || plan.aggregates.contains { $0.function == .countUniq }
        }
    }
}
