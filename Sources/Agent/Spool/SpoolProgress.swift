import LogModel

/// Which entries are in batches: those before `position`, and the urgent ones before `urgentPosition` too.
///
/// The record of a batch has both as they are with it, so that after a crash there is the batch and they, or neither.
struct SpoolProgress: Hashable, Sendable {
    /// The first entry that is in no batch, or an urgent one that is in one already.
    var position: SpoolPosition
    /// Says nothing where it is not past `position`.
    var urgentPosition: SpoolPosition

    static let start = SpoolProgress(position: .start, urgentPosition: .start)

    /// Where the first urgent entry may be that is in no batch.
    var urgentStart: SpoolPosition { max(position, urgentPosition) }

    /// Whether an entry of that level at that place is in a batch.
    func covers(_ place: SpoolPosition, _ level: Level) -> Bool {
        place < position || level.isUrgent && place < urgentPosition
    }

    /// Whether all that is in batches by this is by `other`.
    func isWithin(_ other: SpoolProgress) -> Bool {
        position <= other.position && urgentPosition <= other.urgentPosition
    }

    mutating func advance(to other: SpoolProgress) {
        position = max(position, other.position)
        urgentPosition = max(urgentPosition, other.urgentPosition)
    }
}

extension Level {
    /// Whether entries of the level go out before others that wait.
    var isUrgent: Bool { self >= .error }
}

extension LevelCounts {
    /// Those of urgent levels alone.
    var urgent: LevelCounts {
        var urgent = LevelCounts()
        for level in Level.allCases where level.isUrgent { urgent[level] = self[level] }
        return urgent
    }
}
