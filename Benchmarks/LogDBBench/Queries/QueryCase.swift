import LogModel

/// One question to the corpus, with its literals, and what is known of the right answer.
struct QueryCase: Sendable {
    /// What the answer consists of.
    enum Shape: String, Sendable, Codable {
        /// The newest rows, at most `limit`, newest first.
        case newest
        /// The oldest rows, at most `limit`, oldest first.
        case oldest
        /// All rows as a download, in NDJSON.
        case export
        /// One number.
        case count
        /// A count for each level and hour.
        case countByLevelAndHour
        /// The ten modules that say most, and how much.
        case topModules
        /// How many devices there are.
        case distinctDevices
    }

    /// What a message has to hold.
    enum Text: Sendable {
        /// A word of letters.
        case word(String)
        case phrase(String)
        /// The name of a storage block whose digits, at least three, begin and end with these.
        case block(first: Int, last: Int)
    }

    var shape: Shape
    var limit = 100
    /// Half-open, in microseconds since the epoch.
    var range: Range<Int64>
    var level: Level?
    /// A place in `ModuleVocabulary.all`.
    var module: Int?
    /// The device goes with it: a session is one of a device.
    var session: PlannedSession?
    var request: UInt64?
    var text: Text?

    /// How many rows the right answer has, as `QueryTally` counted them.
    var rowCount = 0
    /// The sum of the counts in the right answer's rows; nil where the rows are entries.
    var total: Int?

    init(_ shape: Shape, _ range: Range<Int64>) {
        self.shape = shape
        self.range = range
    }

    /// The regular expression for `Text.block`.
    static func blockPattern(first: Int, last: Int) -> String { "blk_-?\(first)[0-9]+\(last)\\b" }
}
