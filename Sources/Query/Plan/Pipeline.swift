import LogDB

/// What happens to the entries that the filter finds.
struct Pipeline: Hashable, Sendable {
    /// In order.
    var stages: [EntryStage] = []
    /// The fields that are shown, in order. Nil: all of them.
    var columns: [Field]?
    /// Present when the entries become a table.
    var table: TablePipeline?
    /// `| explain`: answer with the plan.
    var isExplained = false
}

/// One step on entries.
enum EntryStage: Hashable, Sendable {
    case limit(Int)
    case tail(Int)
    case sort([SortKey])
}

struct SortKey: Hashable, Sendable {
    var field: Field
    var isDescending: Bool
}

/// Counting, and what happens to the counts.
struct TablePipeline: Hashable, Sendable {
    var groups: [GroupColumn]
    /// How many columns after the groups hold the count.
    var countColumnCount: Int
    /// The columns of the counts' table, groups first.
    var columns: [TableColumn]
    var stages: [TableStage] = []
}

enum GroupColumn: Hashable, Sendable {
    case field(Field)
    /// Microseconds.
    case bin(step: Int64)
}

struct TableColumn: Hashable, Sendable {
    var name: String
    /// Its values are names of levels, which have an order of their own.
    var isLevel: Bool
}

/// One step on the rows of a table. Columns are numbered as the step finds them.
enum TableStage: Hashable, Sendable {
    case limit(Int)
    case tail(Int)
    case sort([TableSortKey])
    /// Keep these columns, in this order.
    case columns([Int])
}

struct TableSortKey: Hashable, Sendable {
    var column: Int
    var isDescending: Bool
}
