import Glibc
import LogModel
import Synchronization

/// The one thread that commits. It drains what callers have queued into one write with one sync: while the disk syncs,
/// the next group gathers, so that the sync's own time makes the group and no timer delays a lone caller. Few callers that
/// take turns are brought together (`CallerExpectation`).
///
/// A full head is handed over to be sealed; where too many wait for that already, commits wait too, and then those who
/// append: entries never come faster than they are sealed for long. Changes of tables come the same way, and wait for no
/// head.
///
/// Order of a commit: batches, counters and de-duplication records in one synced write; then the entries become visible;
/// then the callers hear of it. After a failed write nothing more is acknowledged until the store is opened anew, or
/// `recover` is called: what the log holds is then known again.
final class CommitQueue: @unchecked Sendable {
    private let store: RocksStore
    private let view: CurrentView
    private let counters: StoreCounters
    private let options: Options
    private let disk: DiskGuard

    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    // Under the mutex.
    private var queue: [AppendRequest] = []
    private var edits: [EditRequest] = []
    /// Of what the requests hold of memory.
    private var queuedByteCount = 0
    private var isStopping = false
    private var wantsSeal = false
    private var wantsRecovery = false
    private var frozenHeadCount = 0
    private var failure: LogError?

    // On the commit thread alone.
    private var head: Head
    private var nextSequence: UInt64
    private var deduplicator: Deduplicator
    private var streams: StreamResolver
    private var batch = WriteBatch()
    private var callers = CallerExpectation()
    /// Of the last write.
    private var syncTime: Duration = .zero
    private var thread: pthread_t?
    private let hasUnsynced = Atomic(false)
    private let onFreeze: @Sendable (Head) -> Void
    private let feed: CommitFeed
    /// Bytes that wait for their commit before more are refused.
    private let queuedByteCountMax: Int

    /// Bytes of staged batches in one commit.
    private static let commitByteCountMax = 1 << 20
    /// The longest that a commit waits for callers to come back, whatever a sync takes.
    private static let callerWaitMax: Duration = .milliseconds(1)
    /// Heads that are being sealed or wait for it; a full one beside them waits, and commits with it.
    private static let frozenHeadCountMax = 2

    /// - Parameters:
    ///   - head: The view's last.
    ///   - feed: Gets what was committed.
    ///   - onFreeze: Takes a head that is full; its `didSeal` follows.
    init(
        _ store: RocksStore, view: CurrentView, head: Head, nextSequence: UInt64, options: Options, disk: DiskGuard,
        counters: StoreCounters, feed: CommitFeed = CommitFeed(endSequence: 0),
        onFreeze: @escaping @Sendable (Head) -> Void
    ) {
        self.store = store
        self.view = view
        self.head = head
        self.nextSequence = nextSequence
        self.options = options
        self.disk = disk
        self.counters = counters
        self.onFreeze = onFreeze
        self.feed = feed
        queuedByteCountMax = options.headByteCountMax * 2
        deduplicator = Deduplicator(store)
        streams = StreamResolver(store)
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        pthread_cond_destroy(condition)
        mutex.deallocate()
        condition.deallocate()
    }

    func start() { thread = EngineThread.start(name: "logdb-commit") { [unowned self] in self.run() } }

    private func locked<R>(_ body: () -> R) -> R {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }

    /// Queues a request; its answer comes on the commit thread, or at once when it cannot be taken.
    func submit(_ request: AppendRequest) {
        let refusal = locked { () -> LogError? in
            if let failure { return failure }
            if isStopping { return LogError(.closed, "the store is closing") }
            if queuedByteCount > queuedByteCountMax {
                return LogError(.backpressure, "more is being appended than can be committed; try again in a second")
            }
            queue.append(request)
            queuedByteCount += request.heldByteCount
            pthread_cond_broadcast(condition)
            return nil
        }
        if let refusal { request.answer(.failure(refusal)) }
    }

    /// Queues a change of tables; its answer comes on the commit thread, or at once when it cannot be made.
    func submit(_ edit: EditRequest) {
        let refusal = locked { () -> LogError? in
            if let failure { return failure }
            if isStopping { return LogError(.closed, "the store is closing") }
            edits.append(edit)
            pthread_cond_broadcast(condition)
            return nil
        }
        if let refusal { edit.answer(.failure(refusal)) }
    }

    /// Why the store takes nothing more, if so.
    var failed: LogError? { locked { failure } }

    /// Commits again after a full disk: what failed was not stored. The store takes writes again.
    func recover() {
        locked {
            wantsRecovery = true
            pthread_cond_broadcast(condition)
        }
    }

    /// Syncs the log if a commit left it unsynced. When that fails nothing more is acknowledged, as after a failed write.
    func syncIfNeeded() throws(LogError) {
        guard hasUnsynced.exchange(false, ordering: .relaxed) else { return }
        do throws(LogError) {
            try store.syncLog()
        } catch {
            locked { failure = error }
            throw error
        }
    }

    /// Has the head sealed, however full; a head without rows stays.
    func requestSeal() {
        locked {
            wantsSeal = true
            pthread_cond_broadcast(condition)
        }
    }

    /// A frozen head has left the view.
    func didSeal() {
        locked {
            frozenHeadCount -= 1
            pthread_cond_broadcast(condition)
        }
    }

    /// Commits what is queued, then ends the thread.
    func stop() {
        locked {
            isStopping = true
            pthread_cond_broadcast(condition)
        }
        if let thread { pthread_join(thread, nil) }
        thread = nil
    }

    private func run() {
        while true {
            pthread_mutex_lock(mutex)
            while true {
                if wantsRecovery {
                    wantsRecovery = false
                    forgetPrepared()
                    failure = nil
                }
                // Asked of a head without rows it is done.
                if head.rowCount == 0 { wantsSeal = false }
                if canFreezeHead || isStopping || !edits.isEmpty || (!queue.isEmpty && !isHeadFull) { break }
                pthread_cond_wait(condition, mutex)
            }
            if canFreezeHead {
                wantsSeal = false
                pthread_mutex_unlock(mutex)
                freezeHead()
                continue
            }
            waitForCallers()
            if queue.isEmpty, edits.isEmpty, isStopping {
                pthread_mutex_unlock(mutex)
                return
            }
            let changes = edits
            edits = []
            // What is appended when the store stops is committed whatever the head holds.
            let group = isHeadFull && !isStopping ? [] : takeGroup()
            pthread_mutex_unlock(mutex)
            if !group.isEmpty || !changes.isEmpty { commit(group, changes) }
            if !group.isEmpty { callers.didCommit(answered: group.count, waiting: locked { queue.count }) }
        }
    }

    /// Whether the head is to be sealed and there is room among those that wait for it. Under the mutex.
    private var canFreezeHead: Bool {
        (wantsSeal || isHeadFull) && head.rowCount > 0 && frozenHeadCount < CommitQueue.frozenHeadCountMax
    }

    /// Waits for those who were there at the last commit and are not back, no longer than a sync. Under the mutex.
    private func waitForCallers() {
        let expected = callers.count(waiting: queue.count)
        guard expected > queue.count, edits.isEmpty, !isStopping, !wantsSeal else { return }
        let wait = min(syncTime, CommitQueue.callerWaitMax).components.attoseconds / 1_000_000_000
        var end = timespec()
        clock_gettime(CLOCK_MONOTONIC, &end)
        end.tv_nsec += Int(wait)
        end.tv_sec += end.tv_nsec / 1_000_000_000
        end.tv_nsec %= 1_000_000_000
        var isTimedOut = false
        while queue.count < expected, !isTimedOut, !isStopping, !wantsSeal {
            isTimedOut = pthread_cond_timedwait(condition, mutex, &end) != 0
        }
        callers.didWait(haveCome: queue.count >= expected)
    }

    /// The requests of the next commit. Under the mutex.
    private func takeGroup() -> [AppendRequest] {
        var byteCount = 0
        var count = 0
        while count < queue.count, count == 0 || byteCount + queue[count].staged.count <= CommitQueue.commitByteCountMax
        {
            byteCount += queue[count].staged.count
            count += 1
        }
        let group = Array(queue[..<count])
        queue.removeFirst(count)
        queuedByteCount -= group.reduce(0) { $0 + $1.heldByteCount }
        return group
    }

    private var isHeadFull: Bool {
        head.rowCount >= options.headRowCountMax || head.byteCount >= options.headByteCountMax
    }

    private func freezeHead() {
        let frozen = head
        head = Head(firstSequence: nextSequence)
        view.update { $0.heads.append(head) }
        locked { frozenHeadCount += 1 }
        onFreeze(frozen)
    }

    // MARK: One commit

    private func commit(_ group: [AppendRequest], _ edits: [EditRequest]) {
        func fail(_ error: LogError) {
            for request in group { request.answer(.failure(error)) }
            for edit in edits { edit.answer(.failure(error)) }
        }
        // What was queued when another commit failed must not build on what that one had prepared.
        if let failure = failed { return fail(failure) }
        batch.clear()
        let firstSequence = nextSequence
        let transaction = TableTransaction(store)
        var additions: [Head.Addition] = []
        var answers: [(request: AppendRequest, result: Result<AppendReceipt, LogError>)] = []
        var editResults: [Result<Void, LogError>] = []
        do throws(LogError) {
            for request in group {
                let receipt = try prepare(request, transaction, &additions)
                answers.append((request, receipt))
            }
            try streams.flush(to: transaction)
            editResults = edits.map { change($0, transaction) }
            transaction.apply(to: &batch)
            if !batch.isEmpty {
                let start = ContinuousClock.now
                let isSynced = !edits.isEmpty || group.contains { $0.isSynced }
                if !additions.isEmpty { FailPoint.commitPrepared.reached() }
                try store.write(batch, synced: isSynced)
                if !additions.isEmpty { FailPoint.commitWritten.reached() }
                disk.didWrite(byteCount: batch.byteCount)
                hasUnsynced.store(!isSynced, ordering: .relaxed)
                syncTime = ContinuousClock.now - start
                counters.didCommit(batchCount: additions.count, in: syncTime)
            }
        } catch {
            // What was prepared in memory no longer matches the store.
            nextSequence = firstSequence
            locked { failure = error }
            return fail(error)
        }
        deduplicator.didCommit()
        streams.didCommit()
        head.append(additions)
        feed.publish(additions)
        if !additions.isEmpty { FailPoint.commitPublished.reached() }
        for (request, result) in answers {
            if case .success(let receipt) = result { counters.didAppend(receipt) }
            request.answer(result)
        }
        for (edit, result) in zip(edits, editResults) { edit.answer(result) }
    }

    /// Makes one change of tables, which sees those before it. One that fails leaves nothing and hinders nobody.
    private func change(_ edit: EditRequest, _ transaction: TableTransaction) -> Result<Void, LogError> {
        let own = TableTransaction(in: transaction)
        do throws(LogError) { try edit.change(own) } catch { return .failure(error) }
        streams.forget(devices: own.changedDevices, sessions: own.changedSessions)
        own.keep()
        return .success(())
    }

    /// What is known of devices, sessions and batches is read from the store again.
    private func forgetPrepared() {
        deduplicator = Deduplicator(store)
        streams = StreamResolver(store)
    }

    /// Adds one request to the write. A refusal of this request alone is its result; an error thrown is the store's.
    private func prepare(
        _ request: AppendRequest, _ transaction: TableTransaction, _ additions: inout [Head.Addition]
    ) throws(LogError) -> Result<AppendReceipt, LogError> {
        var receipt = AppendReceipt(
            accepted: request.batch.count, duplicates: 0, rejected: request.rejected, acknowledgedThrough: nil)
        var boot: [UInt8]?
        if let identity = request.identity {
            let device = try streams.deviceNumber(
                Array(identity.device.utf8), received: request.received, in: transaction)
            let key = KeyLayout.boot(device: device, boot: Array(identity.boot.utf8))
            boot = key
            switch try deduplicator.verdict(
                boot: key, sequence: identity.sequence, contentHash: request.contentHash,
                entryCount: request.batch.count)
            {
            case .new: break
            case .duplicate(let count):
                receipt.accepted = 0
                receipt.rejected = []
                receipt.duplicates = count
                receipt.acknowledgedThrough = try deduplicator.acknowledgedThrough(boot: key)
                return .success(receipt)
            case .conflict:
                return .failure(
                    LogError(
                        .sequenceConflict,
                        "sequence \(identity.sequence) of this boot was used for other content; nothing was stored"))
            case .expired:
                return .failure(
                    LogError(
                        .sequenceExpired,
                        "sequence \(identity.sequence) lies before the de-duplication window, so it cannot be told "
                            + "whether it was stored; send it under a new boot if it was not"))
            }
            try deduplicator.receive(
                boot: key, sequence: identity.sequence,
                record: .init(contentHash: request.contentHash, entryCount: UInt32(request.batch.count)),
                at: request.received, into: &batch)
        }
        if !request.batch.isEmpty {
            let (resolved, streamOfRow) = try streams.resolve(
                request.batch, received: request.received, in: transaction)
            batch.put(store, .staging, KeyLayout.staging(nextSequence), request.staged)
            additions.append(
                Head.Addition(
                    batch: request.batch, streams: resolved, streamOfRow: streamOfRow, received: request.received,
                    sequence: nextSequence))
            nextSequence += UInt64(request.batch.count)
        }
        if let boot { receipt.acknowledgedThrough = try deduplicator.acknowledgedThrough(boot: boot) }
        return .success(receipt)
    }
}
