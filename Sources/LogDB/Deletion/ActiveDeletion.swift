/// A deletion some of whose entries may still be on disk: scans leave them out, merges do not write them again.
struct ActiveDeletion: Sendable {
    let id: UInt64
    /// The entries that are gone.
    let filter: Filter

    /// - Throws: `.corruption`, `.formatTooNew`: a store must not be opened without it.
    init(_ record: Deletion) throws(LogError) {
        id = record.id
        let filter = try FilterCoding.decode(record.filter, location: "deletions \(record.id)")
        self.filter = .all([filter, .committed(through: record.through)])
    }
}

extension [ActiveDeletion] {
    /// `filter` without the entries that are gone.
    func hidden(from filter: Filter) -> Filter {
        isEmpty ? filter : .all([filter] + map { .not($0.filter) })
    }
}

extension ScanRequest {
    /// The request for what is left of it in `view`.
    func within(_ view: StoreView) -> ScanRequest {
        var request = self
        request.filter = view.deletions.hidden(from: filter)
        return request
    }
}
