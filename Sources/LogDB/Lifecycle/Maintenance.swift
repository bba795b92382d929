import CBytes
import Glibc
import LogModel
import Synchronization

/// What goes on in the background: sealing, merging, expiry, removal, syncing, and watching the disk.
///
/// Three threads: one seals, one merges, one ticks and hands out work. A failure is counted and the work tried again; the
/// data it concerns stays where it is.
final class Maintenance: @unchecked Sendable {
    let environment: ScanEnvironment
    let view: CurrentView
    let manifest: Manifest
    private let remover: SegmentRemover
    let options: Options
    let counters: StoreCounters
    let retention: CurrentRetention
    let sealPool = WorkerPool(threadCount: 1, name: "logdb-seal")
    let mergePool = WorkerPool(threadCount: 1, name: "logdb-merge")
    let isStopping = Atomic(false)
    private let isMergeQueued = Atomic(false)
    private let disk: DiskGuard
    private let tickLock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let tickSignal = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var tickThread: pthread_t?
    private let commits = Mutex<CommitQueue?>(nil)
    /// Segments with damaged bytes: merges leave them out, until the next open tries again.
    private let damaged = Mutex<Set<UInt64>>([])

    private static let tickMillisecondsMax = 500
    private static let idleBootInterval: Duration = .seconds(3_600)
    private var idleBootsForgottenAt = ContinuousClock.now
    private var tieredAt = ContinuousClock.now
    var retainedAt = ContinuousClock.now

    init(
        _ environment: ScanEnvironment, view: CurrentView, manifest: Manifest, remover: SegmentRemover,
        disk: DiskGuard, options: Options, counters: StoreCounters, retention: CurrentRetention
    ) {
        self.retention = retention
        self.environment = environment
        self.view = view
        self.manifest = manifest
        self.remover = remover
        self.options = options
        self.counters = counters
        self.disk = disk
        pthread_mutex_init(tickLock, nil)
        pthread_cond_init(tickSignal, nil)
    }

    deinit {
        pthread_mutex_destroy(tickLock)
        pthread_cond_destroy(tickSignal)
        tickLock.deallocate()
        tickSignal.deallocate()
    }

    func start(_ queue: CommitQueue) {
        commits.withLock { $0 = queue }
        tickThread = EngineThread.start(name: "logdb-tick") { [unowned self] in self.tickUntilStopped() }
    }

    /// Ends the threads; a merge under way is given up, a head being sealed is finished.
    func stop() {
        isStopping.store(true, ordering: .relaxed)
        pthread_mutex_lock(tickLock)
        pthread_cond_broadcast(tickSignal)
        pthread_mutex_unlock(tickLock)
        if let tickThread { pthread_join(tickThread, nil) }
        tickThread = nil
        mergePool.stop()
        sealPool.stop()
        commits.withLock { $0 = nil }
    }

    // MARK: Sealing

    /// Seals a frozen head in its turn.
    func seal(_ head: Head) {
        sealPool.submit { [self] in
            while true {
                do throws(LogError) {
                    let sealer = Sealer(store: environment.store, manifest: manifest, options: options)
                    let blockCount = try sealer.seal(head)
                    cbytes_return_free_memory()
                    counters.add {
                        $0.segmentsSealed += 1
                        $0.blocksSealed += UInt64(blockCount)
                    }
                    commits.withLock { $0 }?.didSeal()
                    scheduleMerge()
                    return
                } catch {
                    counters.add { $0.maintenanceFailures += 1 }
                    // The head's batches are in staging: what cannot be sealed now is found again on open.
                    if isStopping.load(ordering: .relaxed) { return }
                    usleep(500_000)
                }
            }
        }
    }

    /// Waits until every head handed in so far is sealed or given up.
    func waitForSealing() async { try? await sealPool.run {} }

    // MARK: Merging

    private func scheduleMerge() {
        guard isMergeQueued.compareExchange(expected: false, desired: true, ordering: .relaxed).exchanged else {
            return
        }
        mergePool.submit { [self] in
            isMergeQueued.store(false, ordering: .relaxed)
            while !isStopping.load(ordering: .relaxed),
                let segments = MergePlanner.next(mergeable, options: options), hasRoom(toMerge: segments)
            {
                do throws(LogError) {
                    _ = try merge(segments)
                } catch {
                    if error.code != .cancelled { counters.add { $0.maintenanceFailures += 1 } }
                    return
                }
            }
        }
    }

    /// Whether the disk can hold the segments a second time: the old ones go after the new one is there.
    private func hasRoom(toMerge segments: [Segment]) -> Bool {
        disk.hasRoom(for: segments.reduce(0) { $0 + $1.record.byteCount })
    }

    private var mergeable: [Segment] {
        let damaged = damaged.withLock { $0 }
        return view.snapshot().segments.filter { $0.record.coldKey == nil && !damaged.contains($0.record.id) }
    }

    /// - Returns: What is wrong with one of the segments, which later merges leave out; nil when they are merged.
    func merge(_ segments: [Segment], isCold: Bool = false) throws(LogError) -> LogError? {
        let merger = Merger(
            environment: environment, manifest: manifest, options: options,
            deletions: view.snapshot().deletions + RetentionWork.expired(retention.value, at: .now).map(\.deletion))
        switch try merger.merge(segments, isCold: isCold, isCancelled: { isStopping.load(ordering: .relaxed) }) {
        case .merged:
            counters.add { counters in
                if isCold {
                    counters.segmentsTiered += UInt64(segments.count)
                } else {
                    counters.segmentsMerged += UInt64(segments.count)
                }
            }
            return nil
        case .overtaken: return nil
        case .damaged(let segment, let error):
            _ = damaged.withLock { $0.insert(segment.record.id) }
            counters.add { $0.maintenanceFailures += 1 }
            return error
        }
    }

    /// Merges all that can be merged, on the merging thread.
    ///
    /// - Throws: `.corruption` when a segment's bytes are damaged, after all others are merged.
    func mergeAll(progress: @escaping @Sendable (Double, String) -> Void) async throws(LogError) {
        let damage = try await mergePool.run { [self] () throws(LogError) -> LogError? in
            var damage: LogError?
            var groups = MergePlanner.all(mergeable, options: options)
            var index = 0
            while index < groups.count {
                progress(Double(index) / Double(groups.count), "merging \(index + 1) of \(groups.count)")
                if let error = try merge(groups[index]) {
                    damage = damage ?? error
                    groups = MergePlanner.all(mergeable, options: options)
                    index = 0
                } else {
                    index += 1
                }
            }
            return damage
        }
        try await sealPool.run { [self] () throws(LogError) in try removeRetired() }
        if let damage { throw damage }
    }

    /// Rewrites the segments that may hold rows of `deletions`, on the merging thread, and removes the old ones.
    ///
    /// - Throws: `.corruption` when one of them is damaged, after all others are rewritten; `.cancelled` when the store
    ///   is closing.
    func purge(
        _ deletions: [ActiveDeletion], progress: @escaping @Sendable (Double, String) -> Void
    ) async throws(LogError) {
        let damage = try await mergePool.run { [self] () throws(LogError) -> LogError? in
            var damage: LogError?
            let segments = view.snapshot().segments
            for (index, segment) in segments.enumerated() {
                if isStopping.load(ordering: .relaxed) { throw LogError(.cancelled, "the store is closing") }
                progress(Double(index) / Double(segments.count), "rewriting segments, \(index) of \(segments.count)")
                guard try mayHold(segment, deletions) else { continue }
                damage = try merge([segment], isCold: segment.record.coldKey != nil) ?? damage
            }
            return damage
        }
        try await sealPool.run { [self] () throws(LogError) in try removeRetired() }
        if let damage { throw damage }
    }

    func mayHold(_ segment: Segment, _ deletions: [ActiveDeletion]) throws(LogError) -> Bool {
        for deletion in deletions {
            var statistics = ScanStatistics()
            let root = RowFilter(deletion.filter, names: environment.registry).root
            let candidates = try environment.candidates(
                in: StoreView(heads: [], segments: [segment]), range: .all, filter: deletion.filter, root: root,
                statistics: &statistics)
            if !candidates.isEmpty || statistics.blocksDamaged > 0 { return true }
        }
        return false
    }

    /// Runs `body`, which replaces segments, on the merging thread: none is replaced meanwhile. What it retires is removed
    /// afterwards.
    func replacing<R: Sendable>(
        _ body: @escaping @Sendable (SegmentRepair) throws(LogError) -> R
    ) async throws(LogError) -> R {
        let result = try await mergePool.run { [self] () throws(LogError) in
            try body(
                SegmentRepair(
                    environment: environment, view: view, manifest: manifest, options: options,
                    isCancelled: { [self] in isStopping.load(ordering: .relaxed) }))
        }
        try await sealPool.run { [self] () throws(LogError) in try removeRetired() }
        return result
    }

    /// Makes a checkpoint between two commits, while no segment is replaced.
    ///
    /// - Parameters:
    ///   - directory: Not there yet.
    ///   - artifacts: Those that are listed in it.
    func checkpoint(to directory: String, artifacts: ArtifactSource?) async throws(LogError) -> Checkpoint {
        try await mergePool.run { [self] () throws(LogError) in
            // Then the last flush, which commits wait for, has little to write.
            for family in StoreFamily.allCases { try environment.store.flush(family) }
            guard let queue = commits.withLock({ $0 }) else { throw LogError(.closed, "the store is closed") }
            return try Checkpoint.make(at: directory, environment.store, view, between: queue, artifacts: artifacts)
        }
    }

    // MARK: The cold tier

    /// Moves what has become old, now and then, when there is nothing to merge.
    private func scheduleTiering() {
        guard ContinuousClock.now - tieredAt >= options.coldCheckInterval else { return }
        tieredAt = .now
        guard !toBeCold().isEmpty else { return }
        mergePool.submit { [self] in
            for segment in toBeCold() {
                if isStopping.load(ordering: .relaxed) || !hasRoom(toMerge: [segment]) { return }
                guard MergePlanner.next(mergeable, options: options) == nil else { return }
                do throws(LogError) {
                    _ = try merge([segment], isCold: true)
                } catch {
                    if error.code != .cancelled { counters.add { $0.maintenanceFailures += 1 } }
                    return
                }
            }
        }
    }

    /// The segments that the policy has in the cold tier, and that are in the hot one.
    func toBeCold() -> [Segment] {
        let policy = retention.value
        let arrival = Maintenance.moment(options.coldRestMin)
        let hot = mergeable
        var segments: [Segment] = []
        if let age = policy.coldAfter {
            let cutoff = Maintenance.moment(age)
            segments = hot.filter { Maintenance.isOld($0, cutoff, arrival) }
        }
        if let bound = policy.hotByteCountMax {
            let known = Set(segments.map(\.record.id))
            segments += RetentionWork.surplus(hot, byteCountMax: bound).filter { !known.contains($0.record.id) }
        }
        return segments
    }

    private static func moment(_ age: Duration) -> Timestamp {
        Timestamp(microseconds: Timestamp.now.microseconds - Int64(age / .microseconds(1)))
    }

    /// Whether all of the segment's entries are before `cutoff`, and arrived before `arrival`.
    private static func isOld(_ segment: Segment, _ cutoff: Timestamp, _ arrival: Timestamp) -> Bool {
        segment.record.timeMax < cutoff.microseconds && segment.record.receivedMax < arrival.microseconds
    }

    /// Moves segments to the cold tier, on the merging thread.
    ///
    /// - Parameters:
    ///   - cutoff: Segments whose newest entry is before it go.
    ///   - arrival: Only those whose entries were all received before it.
    /// - Throws: `.unreachable` when the cold tier cannot be written; `.corruption` when a segment is damaged, after all
    ///   others have gone; `.diskFull`; `.cancelled` when the store is closing.
    func tier(
        before cutoff: Timestamp, arrivedBefore arrival: Timestamp,
        progress: @escaping @Sendable (Double, String) -> Void
    ) async throws(LogError) {
        let damage = try await mergePool.run { [self] () throws(LogError) -> LogError? in
            var damage: LogError?
            let segments = mergeable.filter { Maintenance.isOld($0, cutoff, arrival) }
                .sorted { $0.record.day < $1.record.day }
            for (index, segment) in segments.enumerated() {
                if isStopping.load(ordering: .relaxed) { throw LogError(.cancelled, "the store is closing") }
                progress(Double(index) / Double(segments.count), "moving segments, \(index) of \(segments.count)")
                damage = try merge([segment], isCold: true) ?? damage
            }
            return damage
        }
        try await sealPool.run { [self] () throws(LogError) in try removeRetired() }
        if let damage { throw damage }
    }

    // MARK: Ticking

    private func tickUntilStopped() {
        let milliseconds = min(
            Maintenance.tickMillisecondsMax, max(1, Int(options.syncInterval / .milliseconds(1))))
        while !isStopping.load(ordering: .relaxed) {
            tick()
            var until = timespec()
            clock_gettime(CLOCK_REALTIME, &until)
            until.tv_nsec += milliseconds * 1_000_000
            until.tv_sec += until.tv_nsec / 1_000_000_000
            until.tv_nsec %= 1_000_000_000
            pthread_mutex_lock(tickLock)
            if !isStopping.load(ordering: .relaxed) { pthread_cond_timedwait(tickSignal, tickLock, &until) }
            pthread_mutex_unlock(tickLock)
        }
    }

    private func tick() {
        cbytes_return_free_memory()
        disk.look()
        resumeAfterFullDisk()
        if let head = view.snapshot().heads.last, head.rowCount > 0,
            ContinuousClock.now - head.createdAt >= options.headAgeMax
        {
            commits.withLock { $0 }?.requestSeal()
        }
        do throws(LogError) {
            try commits.withLock { $0 }?.syncIfNeeded()
            if let cutoff = retention.cutoff() { try expire(before: cutoff) }
            try removeRetired()
            try forgetIdleBoots()
        } catch {
            counters.add { $0.maintenanceFailures += 1 }
        }
        scheduleMerge()
        scheduleTiering()
        scheduleRetention()
    }

    /// Commits stopped when the disk was full before a tick saw it; now there is room.
    private func resumeAfterFullDisk() {
        guard !disk.isFull, let queue = commits.withLock({ $0 }), queue.failed?.code == .diskFull,
            (try? environment.store.probeWriting(.meta, KeyLayout.formatVersion)) != nil
        else { return }
        queue.recover()
    }

    private func forgetIdleBoots() throws(LogError) {
        guard ContinuousClock.now - idleBootsForgottenAt >= Maintenance.idleBootInterval else { return }
        idleBootsForgottenAt = .now
        try IdleBoots.forget(environment.store, before: Timestamp.now)
    }

    func removeRetired() throws(LogError) {
        let removal = SegmentRemoval(
            store: environment.store, directories: environment.directories, columns: environment.columns,
            cold: environment.cold)
        var failure: LogError?
        for record in remover.takeAll() {
            do throws(LogError) {
                var retired = record
                if retired.state == .live { retired.state = .retired }
                try removal.remove(retired, remover)
            } catch {
                remover.enqueue(record)
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }
}
