/// One log entry as a value of its own: for tests, tools and code that is not on a hot path. The engine itself moves
/// entries as the columns of a `Batch`.
public struct Entry: Hashable, Sendable {
    public var time: Timestamp
    public var level: Level
    /// The device's serial number (DSN).
    public var device: String
    public var session: String
    public var module: String
    public var logger: String
    public var process: String
    public var thread: String
    public var message: String
    public var context: [Attribute]

    /// One attribute of an entry's context.
    public struct Attribute: Hashable, Sendable {
        public var key: String
        public var value: String
        public init(_ key: String, _ value: String) {
            self.key = key
            self.value = value
        }
    }

    public init(
        time: Timestamp, level: Level = .info, device: String, session: String = "", module: String = "",
        logger: String = "", process: String = "", thread: String = "", message: String, context: [Attribute] = []
    ) {
        self.time = time
        self.level = level
        self.device = device
        self.session = session
        self.module = module
        self.logger = logger
        self.process = process
        self.thread = thread
        self.message = message
        self.context = context
    }
}
