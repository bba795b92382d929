/// Counts, by session, entries that a commit takes away.
struct SessionLossTally {
    enum Cause {
        case deleted
        case expired
    }

    private var losses: [UInt64: SessionLoss] = [:]

    /// Entries without a session, which is session 0, are counted nowhere.
    mutating func add(_ count: UInt64, of session: UInt64, as cause: Cause) {
        guard session != 0, count > 0 else { return }
        switch cause {
        case .deleted: losses[session, default: SessionLoss(id: session)].deletedCount += count
        case .expired: losses[session, default: SessionLoss(id: session)].expiredCount += count
        }
    }

    /// The rows of a block that are set.
    mutating func add(_ rows: Bitmap, of runs: [StreamRun], as cause: Cause) {
        var run = 0
        var count: UInt64 = 0
        rows.forEachSet { row in
            while row >= runs[run].rows.upperBound {
                add(count, of: runs[run].session, as: cause)
                count = 0
                run += 1
            }
            count += 1
        }
        if run < runs.count { add(count, of: runs[run].session, as: cause) }
    }

    /// All rows of a segment, as expired.
    mutating func add(_ segment: Segment, _ environment: ScanEnvironment) throws(LogError) {
        if let streams = try environment.directories.census(of: segment).streams {
            for stream in streams { add(UInt64(stream.rows), of: stream.session, as: .expired) }
            return
        }
        // It has more streams than a census lists.
        let directory = try environment.directories.directory(of: segment)
        for (block, summary) in directory.blocks.enumerated() {
            let group = BlockRowGroup(
                summary, strings: directory.strings, source: environment.source(of: segment, block: block, summary))
            for run in try group.streams() { add(UInt64(run.rows.count), of: run.session, as: .expired) }
        }
    }

    /// Adds the counts to the sessions' rows, in the write that takes the entries away. Within `Manifest.replacing`.
    func write(_ store: RocksStore, in batch: inout WriteBatch) throws(LogError) {
        for (session, lost) in losses {
            var loss = try Table<SessionLoss>(store: store).row(session) ?? SessionLoss(id: session)
            loss.deletedCount += lost.deletedCount
            loss.expiredCount += lost.expiredCount
            batch.put(
                store, .tables, TableKeys.row(SessionLoss.tableNumber, session), Table<SessionLoss>.encode(loss))
        }
    }
}
