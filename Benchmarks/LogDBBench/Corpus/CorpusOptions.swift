import LogModel

/// What a corpus is made from; the same options always make the same bytes.
struct CorpusOptions: Sendable {
    var entryCount: Int
    var seed: UInt64
    /// The corpus covers the seven days before this moment.
    var end: Timestamp

    static let duration: Int64 = 7 * Timestamp.microsecondsPerDay
    /// Not midnight, so that the seven days are eight dates, as they are on nearly every day's query.
    static let endDefault = Timestamp(rfc3339: "2025-01-08T14:00:00Z")!
    static let deviceCount = 200
    /// Entries of one device in a row, as an agent's upload would bring them.
    static let runLengthRange = 50...100
    /// A word that occurs in `plantedWordCount` messages and in no template.
    static let plantedWord = "quokka"
    static let plantedWordCount = 7
    /// A phrase that occurs in one message of `phrasePeriod`, and in no template, though its words are in some.
    static let phrase = "lidar return lost"
    static let phrasePeriod = 1_000

    var start: Timestamp { Timestamp(microseconds: end.microseconds - CorpusOptions.duration) }

    /// The entries, by their index, whose message holds the planted word.
    var plantedIndexes: Set<Int> {
        var random = SeededGenerator(seed: seed ^ 0x7a11)
        let stride = entryCount / CorpusOptions.plantedWordCount
        guard stride > 0 else { return Set(0..<entryCount) }
        return Set((0..<CorpusOptions.plantedWordCount).map { $0 * stride + random.below(stride) })
    }

    /// Whether the message of the entry at `index` holds the phrase: one does of each `phrasePeriod` entries in a row.
    func hasPhrase(_ index: Int) -> Bool {
        let period = UInt64(CorpusOptions.phrasePeriod)
        return UInt64(index) % period == (seed &+ UInt64(index) / period &* 7_919) % period
    }
}
