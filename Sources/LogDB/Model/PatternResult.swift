/// The patterns of messages that a filter finds, in no order.
public struct PatternResult: Sendable {
    public struct Pattern: Sendable, Equatable {
        public var text: [UInt8]
        public var count: UInt64
        /// The times of the first and the last entry, in microseconds since the epoch.
        public var firstSeen: Int64
        public var lastSeen: Int64
        /// The message of the last entry; of several of its microsecond the first by its bytes.
        public var example: [UInt8]

        public init(text: [UInt8], count: UInt64, firstSeen: Int64, lastSeen: Int64, example: [UInt8]) {
            self.text = text
            self.count = count
            self.firstSeen = firstSeen
            self.lastSeen = lastSeen
            self.example = example
        }

        /// Adds an entry, or entries that were counted elsewhere.
        public mutating func add(_ other: Pattern) {
            count += other.count
            firstSeen = min(firstSeen, other.firstSeen)
            if other.lastSeen > lastSeen
                || (other.lastSeen == lastSeen && other.example.lexicographicallyPrecedes(example))
            {
                lastSeen = other.lastSeen
                example = other.example
            }
        }
    }

    public var patterns: [Pattern]
    public var statistics: ScanStatistics
}
