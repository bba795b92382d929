/// What went wrong, and what to do about it.
public struct LogError: Error, Sendable, CustomStringConvertible {
    /// A stable name for the kind of error.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        public let name: String
        init(_ name: String) { self.name = name }
        public var description: String { name }

        /// An option is out of its bounds; nothing was opened.
        public static let invalidOptions = Code("invalid_options")
        /// The operating system or RocksDB refused a read or a write.
        public static let io = Code("io")
        /// Bytes on disk do not match their checksum or contradict each other.
        public static let corruption = Code("corruption")
        /// The disk has less free space than `Options.freeSpaceFractionMin`. Reads go on.
        public static let diskFull = Code("disk_full")
        /// More is being appended than can be sealed. Try again after a pause.
        public static let backpressure = Code("backpressure")
        /// The store is closed or closing.
        public static let closed = Code("closed")
        /// Another process has the data directory open.
        public static let locked = Code("locked")
        /// The data directory was written by a newer version of the format than this build reads.
        public static let formatTooNew = Code("format_too_new")
        /// The data directory was written by a version of the format that this build no longer reads.
        public static let formatTooOld = Code("format_too_old")
        /// The batch's sequence was used before for other content. Nothing was stored.
        public static let sequenceConflict = Code("sequence_conflict")
        /// The batch's sequence lies before the de-duplication window and is not known. Nothing was stored.
        public static let sequenceExpired = Code("sequence_expired")
        /// The query needs more memory than it may use.
        public static let memoryBudget = Code("memory_budget")
        /// The query took longer than it may.
        public static let timeBudget = Code("time_budget")
        /// The caller cancelled the work.
        public static let cancelled = Code("cancelled")
        /// The cold tier, or an object of it, cannot be read now. What it holds is not lost by that.
        public static let unreachable = Code("unreachable")
        /// An argument is out of its bounds.
        public static let invalidArgument = Code("invalid_argument")
    }

    /// Whether some bytes cannot be read, while others can: answers leave them out and say so.
    var concernsSomeBytes: Bool { code == .corruption || code == .unreachable }

    public let code: Code
    /// One sentence for a person: what happened, and what helps.
    public let message: String
    /// The file, key or position concerned, where there is one.
    public let location: String?

    public init(_ code: Code, _ message: String, location: String? = nil) {
        self.code = code
        self.message = message
        self.location = location
    }

    public var description: String {
        location.map { "\(code): \(message) (at \($0))" } ?? "\(code): \(message)"
    }
}
