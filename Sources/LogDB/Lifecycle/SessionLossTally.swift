/// Counts, by session, entries that a commit takes away.
struct SessionLossTally {
    enum Cause {
        case deleted
        case expired
    }

    private var counts: [UInt64: UInt64] = [:]

    /// Entries without a session, which is session 0, are counted nowhere.
    mutating func add(_ count: UInt64, of session: UInt64) {
        if session != 0, count > 0 { counts[session, default: 0] += count }
    }

    /// The rows of a block that are set.
    mutating func add(_ rows: Bitmap, of runs: [StreamRun]) {
        var run = 0
        var count: UInt64 = 0
        rows.forEachSet { row in
            while row >= runs[run].rows.upperBound {
                add(count, of: runs[run].session)
                count = 0
                run += 1
            }
            count += 1
        }
        if run < runs.count { add(count, of: runs[run].session) }
    }

    /// All rows of a segment.
    mutating func add(_ segment: Segment, _ environment: ScanEnvironment) throws(LogError) {
        if let streams = try environment.directories.census(of: segment).streams {
            for stream in streams { add(UInt64(stream.rows), of: stream.session) }
            return
        }
        // It has more streams than a census lists.
        let directory = try environment.directories.directory(of: segment)
        for (block, summary) in directory.blocks.enumerated() {
            let group = BlockRowGroup(
                summary, strings: directory.strings, source: environment.source(of: segment, block: block, summary))
            for run in try group.streams() { add(UInt64(run.rows.count), of: run.session) }
        }
    }

    /// Adds the counts to the sessions' rows, in the write that takes the entries away. Within `Manifest.replacing`.
    func write(as cause: Cause, _ store: RocksStore, in batch: inout WriteBatch) throws(LogError) {
        for (session, count) in counts {
            var loss = try Table<SessionLoss>(store: store).row(session) ?? SessionLoss(id: session)
            switch cause {
            case .deleted: loss.deletedCount += count
            case .expired: loss.expiredCount += count
            }
            batch.put(
                store, .tables, TableKeys.row(SessionLoss.tableNumber, session), Table<SessionLoss>.encode(loss))
        }
    }
}
