import LogModel

/// What an entry of the corpus says of itself, beside its line: enough to know which questions it answers.
struct CorpusEntry: Sendable {
    /// In microseconds since the epoch.
    var time: Int64
    var device: Int
    /// `PlannedSession.number`.
    var session: Int
    /// Its place in `ModuleVocabulary.all`.
    var module: Int
    var level: Level
    var request: UInt64
    /// Where in the output the message stands.
    var message: Range<Int>
}
