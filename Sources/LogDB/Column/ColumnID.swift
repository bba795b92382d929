/// The columns of a block, by their number in keys.
struct ColumnID: RawRepresentable, Hashable, Sendable {
    let rawValue: UInt16

    static let time = ColumnID(rawValue: 0)
    static let received = ColumnID(rawValue: 1)
    static let sequence = ColumnID(rawValue: 2)
    static let level = ColumnID(rawValue: 3)
    /// Runs of rows of one (device, session).
    static let stream = ColumnID(rawValue: 4)
    static let module = ColumnID(rawValue: 5)
    static let logger = ColumnID(rawValue: 6)
    static let process = ColumnID(rawValue: 7)
    static let thread = ColumnID(rawValue: 8)
    static let message = ColumnID(rawValue: 9)
    /// Reserved and not used: the device's own time, where `time` was corrected, is an attribute.
    static let deviceTime = ColumnID(rawValue: 10)
    /// Not a column: the value that holds the columns that lie together.
    static let shared = ColumnID(rawValue: 14)
    /// Attributes whose keys are too many in the block for a column each.
    static let otherContext = ColumnID(rawValue: 15)

    /// The first of the columns that hold one context key each.
    static let firstContext: UInt16 = 16

    var name: String {
        switch self {
        case .time: "time"
        case .received: "received"
        case .sequence: "sequence"
        case .level: "level"
        case .stream: "stream"
        case .module: "module"
        case .logger: "logger"
        case .process: "process"
        case .thread: "thread"
        case .message: "message"
        case .deviceTime: "device_time"
        case .shared: "shared"
        default: "context"
        }
    }
}

/// The identifier columns: few distinct values, kept as a dictionary and a code a row.
enum IdentifierColumn: Int, CaseIterable, Sendable {
    case module
    case logger
    case process
    case thread

    var column: ColumnID {
        switch self {
        case .module: .module
        case .logger: .logger
        case .process: .process
        case .thread: .thread
        }
    }
}
