/// A property of a device or a session that queries join to entries by name. It is looked up in the tables when a query
/// is executed, so that it is that of now, not that of the entry's time.
public enum JoinedAttribute: String, CaseIterable, Sendable, Hashable {
    /// Of the device.
    case environment
    /// Of the device.
    case deviceType = "device_type"
    /// Of the session: `active`, `completed`, `failed` or `aborted`.
    case sessionStatus = "session_status"

    /// The name in queries and answers.
    public var name: String { rawValue }

    /// Whether the session has it; else the device.
    public var isOfSession: Bool { self == .sessionStatus }
}
