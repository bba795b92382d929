/// A module that the agent starts, and starts again.
public struct ModuleSettings: Sendable, Hashable {
    /// When a module that ended by itself is started again.
    public enum Restart: String, CaseIterable, Sendable, Hashable {
        case always
        /// When it ended with another status than 0, or by a signal.
        case onFailure = "on_failure"
        case never
    }

    /// What its entries have as module.
    public var name: String
    /// The path of the program, absolute, and its arguments.
    public var command: [String]
    /// Added to the agent's own.
    public var environment: [String: String] = [:]
    public var restart = Restart.onFailure
    /// Files that it writes its log to by itself, absolute paths or patterns of them: the server gets them where a
    /// session's entries did not reach it.
    public var logs: [String] = []

    public init(name: String, command: [String]) {
        self.name = name
        self.command = command
    }
}
