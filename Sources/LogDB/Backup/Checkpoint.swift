import LogModel
import Synchronization

/// A store's state at one moment, kept on the disk while it is copied.
struct Checkpoint: Sendable {
    /// Holds second names of the store's files.
    var directory: String
    var time: Timestamp
    /// The commit position after the last entry.
    var sequenceEnd: UInt64
    var entryCount: UInt64
    /// Those that were live when it was made, and no others that are cold. Whoever has them keeps their objects.
    var segments: [Segment]
    /// Where the artifacts are whose list is in the directory, and how many it has; nil where nobody has any.
    var artifacts: (source: ArtifactSource, count: UInt64)?

    /// Makes a checkpoint between two commits. To be called while no segment moves to the cold tier or within it.
    static func make(
        at directory: String, _ store: RocksStore, _ view: CurrentView, between queue: CommitQueue,
        artifacts: ArtifactSource?
    ) throws(LogError) -> Checkpoint {
        let segments = view.snapshot().segments
        let signal = Signal()
        let outcome = CheckpointOutcome()
        queue.submit(
            EditRequest(
                change: { (_) throws(LogError) in
                    let view = view.snapshot()
                    try store.checkpoint(to: directory)
                    if artifacts != nil { outcome.tables.withLock { $0 = TableReader(store) } }
                    let rows = view.segments.reduce(0) { $0 + $1.record.rowCount }
                    outcome.made.withLock {
                        $0 = Checkpoint(
                            directory: directory, time: .now, sequenceEnd: view.heads.last?.endSequence ?? 1,
                            entryCount: view.heads.reduce(rows) { $0 + UInt64($1.rowCount) }, segments: segments)
                    }
                },
                answer: { result in
                    outcome.answer.withLock { $0 = result }
                    signal.notify()
                }))
        signal.wait { outcome.answer.withLock { $0 != nil } }
        try outcome.answer.withLock { $0! }.get()
        var checkpoint = outcome.made.withLock { $0! }
        if let artifacts, let tables = outcome.tables.withLock({ $0 }) {
            let path = directory + "/" + ArtifactList.name
            checkpoint.artifacts = (artifacts, try ArtifactList.write(artifacts, tables, to: path))
        }
        return checkpoint
    }
}

/// What the commit thread leaves for whoever asked.
private final class CheckpointOutcome: Sendable {
    let made = Mutex<Checkpoint?>(nil)
    /// Sees what the checkpoint holds.
    let tables = Mutex<TableReader?>(nil)
    let answer = Mutex<Result<Void, LogError>?>(nil)
}
