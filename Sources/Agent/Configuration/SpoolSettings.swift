extension AgentConfiguration {
    /// `spool`: where entries are kept until the server has them.
    public struct SpoolSettings: Sendable {
        /// A directory; made when it is not there.
        public var path = "/var/lib/logdb-agent"
        /// The most bytes that entries may take there. What was acknowledged within the grace window, and what was set
        /// aside, comes on top.
        public var byteCountMax = 512 << 20
        public var whenFull = WhenFull.oldest
        /// How long entries may be in the file before they are synced: the most that a loss of power takes, and the
        /// fewest writes that a flash disk has to bear.
        public var fsyncInterval = Duration.seconds(1)

        /// What gives way when the spool is full.
        public enum WhenFull: String, CaseIterable, Sendable {
            /// The oldest entries go.
            case oldest
            /// Entries of the lowest level go first, the oldest of them first.
            case lowestLevel = "lowest_level"
            /// Nothing of the spool goes: inputs that can wait do, and what others bring is lost in memory.
            case block
        }

        static let byteCountRange = 64 << 10...1 << 44
        static let fsyncIntervalMsRange = 0...60_000

        public init() {}

        init(_ section: ConfigurationSection?) {
            guard let section else { return }
            if let path = section.text("path") { self.path = path }
            while path.count > 1, path.hasSuffix("/") { path.removeLast() }
            if let count = section.integer("max_bytes", in: SpoolSettings.byteCountRange) { byteCountMax = count }
            if let policy = section.choice("when_full", WhenFull.self) { whenFull = policy }
            if let interval = section.integer("fsync_interval_ms", in: SpoolSettings.fsyncIntervalMsRange) {
                fsyncInterval = .milliseconds(interval)
            }
            section.finish()
        }
    }
}
