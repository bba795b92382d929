/// What reading all of a store has shown.
public struct VerificationReport: Sendable, Equatable {
    /// Something that does not read, or contradicts something else.
    public struct Damage: Sendable, Equatable {
        /// What is damaged.
        public enum Part: String, Sendable {
            /// A file of RocksDB.
            case file
            /// A batch that is acknowledged and not sealed.
            case staging
            /// A segment's record, or all of it.
            case segment
            /// What is known of a segment's blocks without reading them.
            case directory
            case templates
            case census
            /// A block's columns.
            case block
            /// The index of words and values.
            case index
            /// An object of the cold tier.
            case object
            /// A table, or an index of one.
            case table
            /// What is known of batches that were received, to tell those that are sent again.
            case batches
        }

        /// What was done about it.
        public enum Remedy: String, Sendable {
            case none
            /// It was made again out of what is sound.
            case rebuilt
            /// What does not read was moved out of the way, into the directory `damaged`, and is counted.
            case setAside = "set_aside"
        }

        public var part: Part
        /// The file, segment, block, table or object.
        public var location: String
        /// One sentence.
        public var message: String
        /// Entries that cannot be read for it; 0 where none are lost or nothing is known.
        public var entryCount: UInt64
        public var remedy: Remedy

        public init(
            _ part: Part, _ location: String, _ message: String, entryCount: UInt64 = 0, remedy: Remedy = .none
        ) {
            self.part = part
            self.location = location
            self.message = message
            self.entryCount = entryCount
            self.remedy = remedy
        }
    }

    /// The first `damagesListedMax`.
    public private(set) var damages: [Damage] = []
    public private(set) var damageCount = 0
    /// What was read.
    public var entryCount: UInt64 = 0
    public var segmentCount = 0
    public var blockCount = 0
    public var objectCount = 0
    public var fileCount = 0

    /// A store that is damaged all over has the first of it listed, and all of it counted.
    public static let damagesListedMax = 1_000

    public var isSound: Bool { damageCount == 0 }

    public init() {}

    public mutating func add(_ damage: Damage) {
        damageCount += 1
        if damages.count < VerificationReport.damagesListedMax { damages.append(damage) }
    }

    public mutating func add(_ damages: [Damage]) {
        for damage in damages { add(damage) }
    }
}
