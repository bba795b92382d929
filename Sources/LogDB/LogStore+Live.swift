import LogModel

/// A place in the order of commits, from which somebody who follows the store can go on without missing an entry.
public struct LivePosition: Hashable, Sendable {
    /// The commit sequence of the next entry.
    public var sequence: UInt64
    /// Segments with a smaller number hold no entry from the sequence on.
    public var segmentFloor: UInt64

    public init(sequence: UInt64, segmentFloor: UInt64) {
        self.sequence = sequence
        self.segmentFloor = segmentFloor
    }
}

/// Follows what is committed to a store. Entries come after they are durable and visible. One reader.
public final class LiveFeed: Sendable {
    private let store: LogStore
    private let id: UInt64
    private let pool = WorkerPool(threadCount: 1, name: "logdb-live")
    /// Every entry from here on comes; those before it are in the store.
    public let start: LivePosition

    init(_ store: LogStore) {
        self.store = store
        // Read first: a segment that is made later may hold entries that come.
        let floor = store.segmentFloor
        let (id, sequence) = store.feed.follow()
        self.id = id
        start = LivePosition(sequence: sequence, segmentFloor: floor)
    }

    deinit {
        store.feed.unfollow(id)
        pool.stop()
    }

    /// Waits for entries and hands out all that have come; nil when the store is closed.
    public func next() async -> LiveBatch? {
        let feed = store.feed
        let id = id
        await withTaskCancellationHandler {
            await feed.wait(id)
        } onCancel: {
            feed.unfollow(id)
        }
        let floor = store.segmentFloor
        let taken = feed.take(id)
        if taken.additions.isEmpty, taken.isClosed { return nil }
        let head = Head(firstSequence: taken.additions.first?.sequence ?? 0)
        head.append(taken.additions)
        return LiveBatch(
            environment: store.environment, head: head, pool: pool, droppedCount: taken.droppedCount,
            end: LivePosition(sequence: taken.endSequence, segmentFloor: floor))
    }
}

/// Entries that were committed together or soon after each other.
public struct LiveBatch: Sendable {
    let environment: ScanEnvironment
    let head: Head
    let pool: WorkerPool
    /// Entries that are missing before these, since they came faster than they were taken.
    public let droppedCount: Int
    /// Where the next batch goes on.
    public let end: LivePosition

    public var count: Int { head.rowCount }

    /// The entries of the batch alone that pass, in the request's order.
    public func scan(_ request: ScanRequest) -> EntryScan {
        EntryScan(
            ScanCursor(
                environment, request, view: StoreView(heads: [head], segments: []),
                work: ParallelWork(pool: pool, width: 1)), pool: pool)
    }
}

extension LogStore {
    /// Follows what is committed from now on.
    public func follow() throws(LogError) -> LiveFeed {
        try checkOpen()
        return LiveFeed(self)
    }

    /// Past everything that is committed and visible now.
    public var livePosition: LivePosition {
        let floor = segmentFloor
        return LivePosition(sequence: feed.endSequence, segmentFloor: floor)
    }

    /// A lower bound of the numbers of segments that are made from now on.
    var segmentFloor: UInt64 { (view.snapshot().segments.map(\.record.id).max() ?? 0) + 1 }

    /// Reads the entries that were committed from `position` on and before `sequence`, and some before and after them:
    /// the caller looks at each entry's key. Older segments are passed over.
    public func scan(_ request: ScanRequest, since position: LivePosition) -> EntryScan {
        var view = view.snapshot()
        view.segments.removeAll { $0.record.id < position.segmentFloor }
        view.heads.removeAll { $0.endSequence <= position.sequence }
        return EntryScan(ScanCursor(environment, request.within(view), view: view, work: scanWork), pool: scans)
    }
}
