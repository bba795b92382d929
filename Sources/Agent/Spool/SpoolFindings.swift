/// What went wrong with the spool's files since the agent started.
struct SpoolFindings: Sendable, Hashable {
    /// Bytes that a crash left incomplete, cut off.
    var cutByteCount: Int64 = 0
    /// Stretches in the middle of segments that are no records, and their bytes.
    var damageCount = 0
    var damagedByteCount: Int64 = 0
    /// Where damaged segments were put.
    var quarantined: [String] = []
}

/// What the agent has to tell of its spool, as an entry of the stream itself.
enum SpoolNote: Hashable {
    case dropped(LevelCounts, reason: DropReason)
    /// Bytes of the spool that cannot be read.
    case damaged(byteCount: Int64, path: String)
    /// Bytes at the end that a crash left incomplete.
    case cut(byteCount: Int64)
}

/// Why entries were dropped.
enum DropReason: String, CaseIterable, Sendable {
    /// The ring was full: the disk was too slow, or under `block` the spool was full.
    case ringFull = "ring_full"
    case spoolFull = "spool_full"
}
