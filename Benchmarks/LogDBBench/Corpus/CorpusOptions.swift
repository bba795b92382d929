import LogModel

/// What a corpus is made from; the same options always make the same bytes.
struct CorpusOptions: Sendable {
    var entryCount: Int
    var seed: UInt64
    /// The corpus covers the seven days before this moment.
    var end: Timestamp
    /// How many consecutive entries share a `request_id`, at least 1.
    var requestShare = 1

    static let duration: Int64 = 7 * Timestamp.microsecondsPerDay
    static let deviceCount = 200
    /// Entries of one device in a row, as an agent's upload would bring them.
    static let runLengthMax = 100
    /// A word that occurs in `plantedWordCount` messages and in no template.
    static let plantedWord = "quokka"
    static let plantedWordCount = 7
    /// A phrase that occurs in one message of `phrasePeriod`, and in no template.
    static let phrase = "lidar return lost"
    static let phrasePeriod = 1_000

    /// The entries, by their index, whose message holds the planted word.
    var plantedIndexes: Set<Int> {
        var random = SeededGenerator(seed: seed ^ 0x7a11)
        let stride = entryCount / CorpusOptions.plantedWordCount
        guard stride > 0 else { return Set(0..<entryCount) }
        return Set((0..<CorpusOptions.plantedWordCount).map { $0 * stride + random.below(stride) })
    }

    /// The first entry, by its index, whose message holds the phrase; the others follow every `phrasePeriod` entries.
    var phraseIndex: Int { Int(seed % UInt64(CorpusOptions.phrasePeriod)) }

    /// How many entries hold the phrase.
    var phraseCount: Int {
        entryCount <= phraseIndex ? 0 : (entryCount - phraseIndex - 1) / CorpusOptions.phrasePeriod + 1
    }
}
