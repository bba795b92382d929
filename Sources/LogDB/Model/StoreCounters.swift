import Synchronization

/// What a store has done since it was opened.
public struct StoreMetrics: Sendable, Equatable {
    public var entriesAccepted: UInt64 = 0
    public var entriesDuplicate: UInt64 = 0
    public var entriesRejected: UInt64 = 0
    public var batchesCommitted: UInt64 = 0
    /// Writes to the log, each with one sync, whatever the number of batches in it.
    public var commits: UInt64 = 0
    /// Time spent in those writes.
    public var commitNanoseconds: UInt64 = 0
    public var segmentsSealed: UInt64 = 0
    public var blocksSealed: UInt64 = 0
    public var segmentsMerged: UInt64 = 0
    /// Segments that were moved to the cold tier.
    public var segmentsTiered: UInt64 = 0
    public var segmentsExpired: UInt64 = 0
    /// Background work that failed and will be tried again.
    public var maintenanceFailures: UInt64 = 0
    /// Now, not since the opening: rows and bytes in memory that are not sealed.
    public var headRows: UInt64 = 0
    public var headBytes: UInt64 = 0

    public init() {}
}

/// Counts what a store does, from any thread.
final class StoreCounters: Sendable {
    private let metrics = Mutex(StoreMetrics())

    var snapshot: StoreMetrics { metrics.withLock { $0 } }

    func add(_ change: (inout StoreMetrics) -> Void) { metrics.withLock { change(&$0) } }

    func didAppend(_ receipt: AppendReceipt) {
        metrics.withLock { metrics in
            metrics.entriesAccepted += UInt64(receipt.accepted)
            metrics.entriesDuplicate += UInt64(receipt.duplicates)
            metrics.entriesRejected += UInt64(receipt.rejected.count)
        }
    }

    func didCommit(batchCount: Int, in duration: Duration) {
        metrics.withLock { metrics in
            metrics.commits += 1
            metrics.batchesCommitted += UInt64(batchCount)
            metrics.commitNanoseconds += UInt64(duration / .nanoseconds(1))
        }
    }
}
