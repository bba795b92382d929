/// Finds the rows of blocks that are written again which are deleted, or have expired under a rule, and counts them.
struct DeletionSieve {
    private struct Member {
        let id: UInt64
        let filter: RowFilter
        var pruner: BlockPruner
        var removedCount: UInt64 = 0
    }

    private var members: [Member] = []
    private var losses = SessionLossTally()

    init(_ deletions: [ActiveDeletion], registry: StreamRegistry) throws(LogError) {
        for deletion in deletions {
            let filter = RowFilter(deletion.filter, names: registry)
            let pruner = try BlockPruner(deletion.filter, root: filter.root, registry: registry)
            members.append(Member(id: deletion.id, filter: filter, pruner: pruner))
        }
    }

    /// The block's rows that no deletion reaches; nil for all. A row that several reach counts for the first.
    mutating func kept(_ group: RowGroup, _ directory: SegmentDirectory, _ block: Int) throws(LogError) -> Bitmap? {
        var kept: Bitmap?
        for index in members.indices {
            var statistics = ScanStatistics()
            let verdict = directory.blocks.withUnsafeBufferPointer {
                members[index].pruner.verdict($0.baseAddress! + block, strings: directory.strings, &statistics)
            }
            if verdict == .none { continue }
            var rest = kept ?? Bitmap(count: group.rowCount, all: true)
            let gone = try members[index].filter.evaluate(group, rest)
            if gone.isNone { continue }
            members[index].removedCount += UInt64(gone.setCount)
            losses.add(
                gone, of: try group.streams(), as: members[index].id == RetentionWork.expiryID ? .expired : .deleted)
            rest.subtract(gone)
            kept = rest
        }
        return kept
    }

    /// Adds what was left out to the rows of deletions and sessions, with the write that makes the new blocks those that count.
    func count(_ store: RocksStore, in batch: inout WriteBatch) throws(LogError) {
        try losses.write(store, in: &batch)
        for member in members where member.removedCount > 0 {
            guard var deletion = try Table<Deletion>(store: store).row(member.id) else { continue }
            deletion.purgedCount += member.removedCount
            batch.put(
                store, .tables, TableKeys.row(Deletion.tableNumber, deletion.id), Table<Deletion>.encode(deletion))
        }
    }
}
