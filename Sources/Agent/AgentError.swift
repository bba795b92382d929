/// What stopped the agent, and what to do about it.
public struct AgentError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A stable name for the kind of error.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        public let name: String
        init(_ name: String) { self.name = name }
        public var description: String { name }

        /// An option or an argument is out of its bounds.
        public static let invalidArgument = Code("invalid_argument")
        /// The configuration file cannot be used as it is.
        public static let invalidConfiguration = Code("invalid_configuration")
        /// An endpoint cannot be bound.
        public static let unusableEndpoint = Code("unusable_endpoint")
        /// The agent is stopping and takes nothing more.
        public static let stopping = Code("stopping")
        /// The operating system refused a read or a write.
        public static let io = Code("io")
        /// The disk has no room for what is to be written.
        public static let diskFull = Code("disk_full")
        /// Another process uses the state directory.
        public static let locked = Code("locked")
        /// A file of the state directory is damaged.
        public static let corruption = Code("corruption")
        /// The state directory was written by a newer version.
        public static let formatTooNew = Code("format_too_new")
        /// The server cannot be used as it was named.
        public static let unusableServer = Code("unusable_server")
        /// The server does not register this device, or renew its certificate.
        public static let refused = Code("refused")
        /// The server gave no answer, or one that asks to come back later.
        public static let unreachable = Code("unreachable")
    }

    public let code: Code
    /// One sentence for a person: what happened, and what helps.
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}
