import Glibc
public import LogModel
import ObjectStore
import Synchronization

/// A store of log entries in one directory: durable, indexed, compressed.
///
/// One process opens a directory at a time; within it, every method may be called from any task. Nothing here blocks
/// Swift's cooperative pool: reads and writes run on the store's own threads.
public final class LogStore: Sendable {
    /// Where the store lives.
    public let directory: String
    public let options: Options

    let store: RocksStore
    let environment: ScanEnvironment
    let view: CurrentView
    let maintenance: Maintenance
    private let disk: DiskGuard
    let commits: CommitQueue
    let counters: StoreCounters
    let feed: CommitFeed
    let scans: WorkerPool
    private let compressors = Mutex<[CompressorBox]>([])
    private let isClosed = Atomic(false)

    /// zstd level of staged batches: they live for minutes, so speed counts, and a frame's columns are short already.
    private static let stagingLevel = -7
    static let processorCount = max(Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))), 1)

    /// What one batch may hold: well within what a staged frame is read back with.
    public static let batchRowCountMax = 1 << 20
    public static let batchByteCountMax = 48 << 20

    /// Opens the store in `directory`, which is made when it does not exist, and brings back what was acknowledged and not
    /// yet sealed.
    ///
    /// - Throws: `.invalidOptions`, `.locked`, `.formatTooNew`, `.formatTooOld`, `.diskFull` where there is no room for what
    ///   opening writes, `.corruption`, `.io`.
    public static func open(at directory: String, options: Options = Options()) async throws(LogError) -> LogStore {
        let problems = options.validate()
        guard problems.isEmpty else { throw LogError(.invalidOptions, problems.joined(separator: "; ")) }
        let pool = WorkerPool(threadCount: 1, name: "logdb-open")
        defer { pool.stop() }
        return try await pool.run { () throws(LogError) in try LogStore(directory, options) }
    }

    private init(_ directory: String, _ options: Options) throws(LogError) {
        self.directory = directory
        self.options = options
        try LogStore.makeDirectory(directory)
        try DiskGuard.checkRoomToOpen(directory, options)
        store = try RocksStore(
            path: directory, cacheByteCount: options.cacheByteCount, memtableByteCountMax: options.memtableByteCountMax)
        try LogStore.checkFormat(store, options)
        try StoreEncryption.remember(store, options)
        try FileTree.remove(directory + "/" + StoreEncryption.draftName)
        try TableSchema.bring(store)

        let remover = SegmentRemover()
        let loaded = try Manifest.load(store, remover: remover)
        let directories = SegmentCache(store, byteCountMax: options.directoryCacheByteCount)
        let columns = BlockColumnCache(byteCountMax: options.columnCacheByteCount)
        let coldPlace = try LogStore.coldPlace(store, options)
        let cold = ColdStore(
            objects: StoreEncryption.encrypted(
                options.coldObjects ?? ColdStore.objects(rememberedAt: coldPlace), options.encryptionKeys, directory),
            draftDirectory: directory + "/cold.new",
            cacheByteCountMax: options.coldCacheByteCount
        )
        cold.clearDrafts()
        try FileTree.remove(directory + "/" + LogStore.checkpointName)
        let removal = SegmentRemoval(store: store, directories: directories, columns: columns, cold: cold)
        for record in loaded.leftovers { try removal.remove(record, remover) }

        let (head, nextSequence) = try HeadRecovery.recover(store)
        let view = CurrentView(
            StoreView(heads: [head], segments: loaded.live, deletions: try LogStore.activeDeletions(store)))
        let manifest = Manifest(
            store, view: view, remover: remover, nextSegment: loaded.nextSegment, nextBlock: loaded.nextBlock)
        let environment = ScanEnvironment(
            store: store, directories: directories, registry: StreamRegistry(store),
            columns: columns, cold: cold)
        let counters = StoreCounters()
        let disk = DiskGuard(path: directory, options: options)
        let maintenance = Maintenance(
            environment, view: view, manifest: manifest, remover: remover, disk: disk, options: options,
            counters: counters, retention: try CurrentRetention(store, options: options))
        self.disk = disk
        self.view = view
        self.environment = environment
        self.counters = counters
        self.maintenance = maintenance
        let feed = CommitFeed(endSequence: nextSequence)
        self.feed = feed
        scans = WorkerPool(threadCount: options.scanThreadCount, name: "logdb-scan")
        commits = CommitQueue(
            store, view: view, head: head, nextSequence: nextSequence, options: options, disk: disk,
            counters: counters, feed: feed, onFreeze: { maintenance.seal($0) })
        commits.start()
        maintenance.start(commits)
    }

    /// Where the cold tier is, which is written down when the options say it.
    private static func coldPlace(_ store: RocksStore, _ options: Options) throws(LogError) -> String {
        guard let given = options.coldPlace else {
            return try store.value(.meta, KeyLayout.coldPlace).map { String(decoding: $0, as: UTF8.self) }
                ?? store.path + "/cold"
        }
        let place = ColdStore.absolute(given)
        var batch = WriteBatch()
        batch.put(store, .meta, KeyLayout.coldPlace, Array(place.utf8))
        try store.write(batch, synced: true)
        return place
    }

    private static func makeDirectory(_ path: String) throws(LogError) {
        var made = ""
        for part in path.split(separator: "/", omittingEmptySubsequences: true) {
            made += (made.isEmpty && !path.hasPrefix("/") ? "" : "/") + part
            if mkdir(made, 0o750) != 0, errno != EEXIST {
                throw LogError(.io, "could not make the directory: \(String(cString: strerror(errno)))", location: made)
            }
        }
    }

    private static func checkFormat(_ store: RocksStore, _ options: Options) throws(LogError) {
        let written = options.encryptionKeys == nil ? FormatVersion.current : .encryptedObjects
        if let bytes = try store.value(.meta, KeyLayout.formatVersion) {
            guard bytes.count == 4 else { throw LogError(.corruption, "the format version does not read") }
            let stored = bytes.withUnsafeBytes { UInt32(littleEndian: $0.loadUnaligned(as: UInt32.self)) }
            let found = try FormatVersion.check(stored: stored)
            try StoreEncryption.check(store, options)
            // What is written from here on an older build cannot read; what is there already this one can.
            if found.rawValue < written.rawValue { try writeFormatVersion(written, store) }
            return
        }
        // The version is the first thing that is ever written.
        for family in StoreFamily.allCases {
            try store.forEach(family, from: []) { (_, _) throws(LogError) in
                throw LogError(
                    .corruption, "the directory holds data without a format version; it is no store, or was damaged",
                    location: store.path)
            }
        }
        try writeFormatVersion(written, store)
    }

    private static func writeFormatVersion(_ version: FormatVersion, _ store: RocksStore) throws(LogError) {
        var writer = ByteWriter()
        writer.fixed(version.rawValue)
        var batch = WriteBatch()
        batch.put(store, .meta, KeyLayout.formatVersion, writer.bytes)
        try store.write(batch, synced: true)
    }

    deinit { closeNow() }

    /// Commits what is queued, ends the store's threads and releases the directory. Entries in memory stay in staging and
    /// are there again on the next open. Later calls throw `.closed`.
    public func close() async {
        let closer = WorkerPool(threadCount: 1, name: "logdb-close")
        defer { closer.stop() }
        _ = try? await closer.run { self.closeNow() }
    }

    private func closeNow() {
        guard isClosed.compareExchange(expected: false, desired: true, ordering: .relaxed).exchanged else { return }
        commits.stop()
        feed.close()
        maintenance.stop()
        scans.stop()
        store.close()
    }

    /// Whether the store is closing, for work on its threads that takes long.
    var closing: @Sendable () -> Bool {
        { [weak self] in self?.isClosed.load(ordering: .relaxed) ?? true }
    }

    func checkOpen() throws(LogError) {
        if isClosed.load(ordering: .relaxed) { throw LogError(.closed, "the store is closed") }
    }

    /// Appends `batch` atomically: when this returns every entry kept is visible to new scans; after a crash all of them
    /// are there, or, if it never returned, all or none.
    ///
    /// - Parameters:
    ///   - identity: Makes sending the batch again harmless: it is stored once.
    ///   - contentHash: Tells a batch sent again from another under the same identity. By default a hash of the entries;
    ///     a caller that fills in times of its own must give a hash of what it received.
    ///   - frame: The batch as a frame, where it came as one: it is kept as it is. It must decode to `batch`.
    ///   - durability: `.synced` costs one sync, shared by concurrent callers.
    /// - Throws: `.invalidArgument` for a batch past `batchRowCountMax` or `batchByteCountMax`, `.sequenceConflict`, `.sequenceExpired`, `.diskFull`, `.backpressure`, `.closed`, `.io`. Nothing was
    ///   stored then, but after `.io`, when the log did not sync, the batch may be found on the next open.
    public func append(
        _ batch: Batch, identity: BatchIdentity? = nil, contentHash: UInt64? = nil, frame: [UInt8]? = nil,
        durability: Durability = .synced
    ) async throws(LogError) -> AppendReceipt {
        try checkOpen()
        if disk.isFull {
            throw LogError(
                .diskFull,
                "less than \(Int(options.freeSpaceFractionMin * 100)) % of the disk is free; make room, then try again",
                location: directory)
        }
        guard batch.count <= LogStore.batchRowCountMax, batch.byteCount <= LogStore.batchByteCountMax else {
            throw LogError(
                .invalidArgument,
                "a batch of \(batch.count) entries and \(batch.byteCount) bytes; at most \(LogStore.batchRowCountMax) "
                    + "entries and \(LogStore.batchByteCountMax) bytes, send it in parts")
        }
        let received = Timestamp.now
        let hash = contentHash ?? (identity == nil ? 0 : BatchHash.hash(batch))
        var batch = batch
        let (rejected, isChanged) = EntryAdmission.refuse(&batch, cutoff: maintenance.retention.cutoff(at: received))
        if batch.isEmpty, identity == nil {
            return AppendReceipt(accepted: 0, duplicates: 0, rejected: rejected, acknowledgedThrough: nil)
        }
        let staged = stage(batch, frame: isChanged ? nil : frame, received: received)
        let admitted = batch
        let result: Result<AppendReceipt, LogError> = await withCheckedContinuation { continuation in
            commits.submit(
                AppendRequest(
                    batch: admitted, staged: staged, received: received.microseconds, identity: identity,
                    contentHash: hash, rejected: rejected, isSynced: durability == .synced,
                    answer: { continuation.resume(returning: $0) }))
        }
        return try result.get()
    }

    private func stage(_ batch: Batch, frame: [UInt8]?, received: Timestamp) -> [UInt8] {
        if let frame {
            return Staging.encode(frame: frame, rowCount: batch.count, received: received.microseconds)
        }
        let box = compressors.withLock { $0.popLast() } ?? CompressorBox()
        defer { compressors.withLock { $0.append(box) } }
        let frame = BatchFrame.encode(batch, level: LogStore.stagingLevel, using: &box.compressor)
        return Staging.encode(frame: frame, rowCount: batch.count, received: received.microseconds)
    }

    /// What the store has done since it was opened.
    public var metrics: StoreMetrics {
        var metrics = counters.snapshot
        for head in view.snapshot().heads {
            metrics.headRows += UInt64(head.rowCount)
            metrics.headBytes += UInt64(head.byteCount)
        }
        return metrics
    }

    /// Whether the store takes entries now.
    public var health: StoreHealth {
        if isClosed.load(ordering: .relaxed) {
            return StoreHealth(isAccepting: false, reason: LogError(.closed, "the store is closed"))
        }
        if let failed = commits.failed { return StoreHealth(isAccepting: false, reason: failed) }
        if disk.isFull {
            return StoreHealth(
                isAccepting: false, reason: LogError(.diskFull, "the disk is nearly full", location: directory))
        }
        return StoreHealth(isAccepting: true, reason: nil)
    }
}

/// A compressor that waits for its next user.
private final class CompressorBox: @unchecked Sendable {
    var compressor = ZstdCompressor()
}
