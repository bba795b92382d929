/// A deletion some of whose entries may still be on disk: scans leave them out, merges do not write them again.
struct ActiveDeletion: Sendable {
    /// Of its row.
    let id: UInt64
    /// The entries that are gone.
    let filter: Filter
}

extension [ActiveDeletion] {
    /// `filter` without the entries that are gone.
    func hidden(from filter: Filter) -> Filter {
        isEmpty ? filter : .all([filter] + map { .not($0.filter) })
    }
}
