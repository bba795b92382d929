import LogModel

/// What a retention policy asks for of the segments that there are.
enum RetentionWork {
    /// The segments to delete so that those that are left take at most `byteCountMax`: the oldest.
    static func surplus(_ segments: [Segment], byteCountMax: UInt64) -> [Segment] {
        var total = segments.reduce(0) { $0 + byteCount($1.record) }
        var surplus: [Segment] = []
        for segment in segments.sorted(by: { ($0.record.timeMax, $0.record.id) < ($1.record.timeMax, $1.record.id) }) {
            if total <= byteCountMax { break }
            total -= byteCount(segment.record)
            surplus.append(segment)
        }
        return surplus
    }

    /// All that a segment takes, in either tier.
    static func byteCount(_ record: SegmentRecord) -> UInt64 {
        record.coldKey == nil ? record.byteCount : record.coldByteCount
    }

    /// What merges leave out: entries that have expired under a rule. A segment is rewritten for a rule once, when all that
    /// it holds is past the rule's age; merges that happen anyway leave out what has expired before.
    static func expired(_ policy: RetentionPolicy, at now: Timestamp) -> [(deletion: ActiveDeletion, cutoff: Timestamp)]
    {
        guard !policy.rules.isEmpty else { return [] }
        return policy.expiries(at: now).compactMap { expiry in
            expiry.map { (ActiveDeletion(id: expiryID, filter: $0.filter), $0.cutoff) }
        }
    }

    /// No deletion has this id: nothing is counted for it.
    static let expiryID: UInt64 = 0
}
