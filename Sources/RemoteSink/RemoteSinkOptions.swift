/// Where a module's entries go, and under whose name.
public struct RemoteSinkOptions: Sendable {
    /// The module's name, in every entry.
    public var module: String
    /// The session of every entry; empty: the agent's running one.
    public var session = ""
    /// The agent's sinks: a directory on the same machine that both may write to. Made where it is missing.
    public var directory: String
    /// The agent's ZeroMQ endpoint, such as `ipc:///run/logdb-agent/logs` or `tcp://127.0.0.1:5556`; nil to publish
    /// nothing: the agent finds entries in the directory all the same, a little later.
    public var endpoint: String?
    public var topic = "roboticks/logs"
    /// What the agent has not confirmed may take so many bytes of disk; what is logged past that is dropped and counted.
    /// At least `byteCountMin`.
    public var byteCountMax = 16 << 20

    public static let byteCountMin = 64 << 10

    public init(module: String, directory: String, endpoint: String? = nil) {
        self.module = module
        self.directory = directory
        self.endpoint = endpoint
    }
}

/// Why a sink cannot be opened.
public struct RemoteSinkError: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}
