/// A field of an entry.
public enum Field: Hashable, Sendable {
    case time
    case level
    case device
    case session
    case module
    case logger
    case process
    case thread
    case message
    case id
    case received
    /// An attribute of the context, by its key.
    case context(String)

    /// The name in queries and answers.
    public var name: String {
        switch self {
        case .time: "time"
        case .level: "level"
        case .device: "device"
        case .session: "session"
        case .module: "module"
        case .logger: "logger"
        case .process: "process"
        case .thread: "thread"
        case .message: "message"
        case .id: "id"
        case .received: "received"
        case .context(let key): key
        }
    }
}
