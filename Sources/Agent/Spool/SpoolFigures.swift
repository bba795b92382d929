import LogModel

/// How the spool stands, and what became of entries since the agent started.
struct SpoolFigures: Sendable, Hashable {
    /// Entries that the server has.
    var uploadedCount = 0
    /// Entries that the server refused.
    var refusedCount = 0
    /// Batches that it refused whole; they are in the directory `refused`.
    var refusedBatchCount = 0
    /// Batches that were sent again as the server had lost them.
    var resentBatchCount = 0
    var dropped: [DropReason: LevelCounts] = [:]
    var lastError: String?

    // Of the moment:
    /// Entries in the spool that are in no batch.
    var unread = LevelCounts()
    /// Entries in batches that the server has not got.
    var waitingCount = 0
    var waitingBatchCount = 0
    /// Entries in the ring.
    var ringCount = 0
    /// Entries that inputs handed over.
    var receivedCount = 0
    var byteCount: Int64 = 0
    var findings = SpoolFindings()

    /// Entries that wait for the server.
    var depth: Int { unread.total + waitingCount }
}

extension Spool {
    func report() -> SpoolFigures {
        var figures = figures
        figures.unread = entries.unread
        figures.waitingCount = batchLog.waiting.reduce(0) { $0 + $1.batch.entryCount }
        figures.waitingBatchCount = batchLog.waiting.count
        figures.ringCount = ring.count
        figures.receivedCount = ring.takenCount
        figures.byteCount = entries.byteCount
        figures.findings = entries.findings
        if !entries.dropped.isEmpty { figures.dropped[.spoolFull] = entries.dropped }
        return figures
    }
}

extension Spool: EntryIntake {
    nonisolated func take(_ batch: Batch) { ring.take(batch) }

    nonisolated func put(
        _ batch: Batch, mark: InputMark?, whenSynced: (@Sendable () -> Void)?
    ) async throws(AgentError) {
        guard batch.byteCount <= EntryIntakeLimits.putByteCountMax,
            (mark?.input.utf8.count ?? 0) <= EntryIntakeLimits.markNameByteCountMax,
            (mark?.value.count ?? 0) <= EntryIntakeLimits.markByteCountMax
        else {
            throw AgentError(
                .invalidArgument,
                "an input hands over at most \(EntryIntakeLimits.putByteCountMax) bytes and a mark of at most "
                    + "\(EntryIntakeLimits.markByteCountMax) at once")
        }
        try await ring.put(
            EntryRing.Handover(batch: batch, mark: mark, whenSynced: whenSynced, isDroppable: false))
    }

    func mark(of input: String) async -> [UInt8]? { entries.mark(of: input) }
}
