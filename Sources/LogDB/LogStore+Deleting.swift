public import LogModel

extension LogStore {
    /// Makes entries gone from every answer that is asked for after this returns, also after a crash. They are still on
    /// disk: `purgeDeleted` takes them off.
    ///
    /// Entries that are acknowledged before the call are reached, later ones are not, whatever they say. Batches that are
    /// sent again stay duplicates.
    ///
    /// - Parameters:
    ///   - filter: Devices and sessions that it joins by attributes are those that have them now.
    ///   - query: What was asked for, for people.
    ///   - author: Who asked.
    ///   - change: Other changes of tables that are made in the same commit.
    /// - Throws: `.invalidArgument` when joined attributes name too many devices or sessions, `.io`, `.diskFull`, `.closed`.
    public func delete(
        _ filter: Filter, range: TimeRange = .all, query: String, author: String,
        with change: @escaping @Sendable (TableEditor, Deletion) throws(LogError) -> Void = { _, _ in }
    ) async throws(LogError) -> Deletion {
        try checkOpen()
        let registry = environment.registry
        let resolved = try await scans.run { () throws(LogError) in try registry.resolved(filter) }
        let gone: Filter = range == .all ? resolved : .all([resolved, .time(range)])
        let snapshot = snapshot()
        let count = try await aggregate(AggregateRequest(filter: gone), in: snapshot).groups.first?.count ?? 0
        let deletion = Deletion(
            query: query, author: author, created: Timestamp.now.microseconds, filter: FilterCoding.encode(gone),
            through: snapshot.sequenceEnd &- 1, hiddenCount: count)
        let stored = try await editTables { (tables) throws(LogError) in
            let stored = try tables.insert(deletion)
            try change(tables, stored)
            return stored
        }
        FailPoint.deleteRecorded.reached()
        let active = try ActiveDeletion(stored)
        view.update { $0.deletions.append(active) }
        return stored
    }

    /// How many entries `delete` would make gone now.
    public func countDeletable(_ filter: Filter, range: TimeRange = .all) async throws(LogError) -> UInt64 {
        try await aggregate(AggregateRequest(range: range, filter: filter)).groups.first?.count ?? 0
    }

    /// All deletions that were ever asked for, by id.
    public func deletions() async throws(LogError) -> [Deletion] {
        try await readTables { (tables) throws(LogError) in
            var all: [Deletion] = []
            try tables.forEach(of: Deletion.self) { (deletion) throws(LogError) in
                all.append(deletion)
                return true
            }
            return all
        }
    }

    /// Whether deleted entries may still be on disk.
    public var hasDeletedEntries: Bool { !view.snapshot().deletions.isEmpty }

    /// Takes the entries of all deletions so far off the disk: segments that hold some are rewritten, and RocksDB's files
    /// after them. What a crash interrupts goes on with the next call.
    ///
    /// - Parameter progress: Called now and then with how much is done, 0 to 1, and what is being done.
    /// - Throws: `.corruption` when a segment with damaged bytes may hold some, after all others are rewritten.
    public func purgeDeleted(
        progress: @escaping @Sendable (Double, String) -> Void = { _, _ in }
    ) async throws(LogError) {
        try checkOpen()
        let deletions = view.snapshot().deletions
        guard !deletions.isEmpty else { return }
        progress(0, "sealing the head")
        try await sealHead()
        try await maintenance.purge(deletions) { done, detail in progress(0.05 + done * 0.85, detail) }
        progress(0.9, "rewriting files")
        let store = store
        try await scans.run { () throws(LogError) in
            for family in [StoreFamily.staging, .blocks, .segments, .postings] {
                try store.flush(family)
                store.compact(family)
            }
        }
        FailPoint.purgeWritten.reached()
        let ids = Set(deletions.map(\.id))
        try await editTables { (tables) throws(LogError) in
            for id in ids {
                guard let before = try tables.row(id, of: Deletion.self) else { continue }
                var after = before
                after.purged = Timestamp.now.microseconds
                try tables.update(after, replacing: before)
            }
        }
        FailPoint.purgeRecorded.reached()
        view.update { view in view.deletions.removeAll { ids.contains($0.id) } }
        progress(1, "done")
    }

    /// The deletions that are not done with.
    static func activeDeletions(_ store: RocksStore) throws(LogError) -> [ActiveDeletion] {
        var active: [ActiveDeletion] = []
        try Table<Deletion>(store: store).forEach { (record) throws(LogError) in
            if record.purged == nil { active.append(try ActiveDeletion(record)) }
            return true
        }
        return active
    }
}
