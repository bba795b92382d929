import Glibc
import LogModel

/// The spool's directory between its three users: inputs, whose entries come through the ring, the uploader, and whoever
/// asks how things stand. On a thread of its own, so that a slow disk holds nobody up.
///
///     <path>/lock
///     <path>/entries/<number>.log    what was received
///     <path>/batches/<number>.log    what goes to the server, byte for byte, and what it got lately
///     <path>/quarantine/             segments that have damage
///     <path>/refused/                batches that the server refused, with its reasons
///     <path>/reserve                 room that is given up when the disk is full
///     <path>/clock                   how the device's clock was set meanwhile (`ClockHistory`)
///     <path>/session                 the session that a command began (`CurrentSession`)
actor Spool: UploadSource {
    /// What the spool is for.
    struct Settings: Sendable {
        var spool: AgentConfiguration.SpoolSettings
        var upload: AgentConfiguration.LogUpload
        /// Where batches go, for the notes beside those that are refused.
        var server: String
        var device: String
        /// The session of what the spool itself notes.
        var session: @Sendable () -> String?
        /// Whether batches are cut at all.
        var isUploading: Bool
        var clocks: @Sendable () -> DeviceClocks = DeviceClocks.now
    }

    nonisolated let batches: AsyncStream<UploadBatch>
    nonisolated let ring: EntryRing
    /// Rings when there may be something to do.
    nonisolated let work: AsyncStream<Void>
    nonisolated let bell: AsyncStream<Void>.Continuation
    let settings: Settings
    let pacing: BatchPacing
    let entries: EntryLog
    let batchLog: BatchLog
    private let executor: BlockingExecutor
    private let available: AsyncStream<UploadBatch>.Continuation
    private let lock: FileLock
    private var reserve: RoomReserve
    private var compressor = ZstdCompressor()
    private var arrivals = ArrivalTimes()
    private var clocks: ClockHistory
    private var syncDue: ContinuousClock.Instant?
    private var synced: [@Sendable () -> Void] = []
    private var isEnding = false
    private var isOut = false
    private var ringDropNoteDue = ContinuousClock.now
    private var ringDropped = LevelCounts()
    /// Whether the server says what it has through: one that never did tells nothing by not saying it.
    private var isThroughKnown = false
    var figures = SpoolFigures()

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// zstd's level for batches: the network is slower than level 3 is.
    static let compressionLevel = 3
    /// How soon a write is tried again for which there was no room.
    static let roomInterval = Duration.milliseconds(200)
    /// Drops of the ring are told together for so long.
    static let ringDropNoteInterval = Duration.seconds(1)

    /// Opens the directory, or begins it.
    ///
    /// - Throws: `.locked`, `.io`, `.diskFull` or `.formatTooNew`.
    init(_ settings: Settings) throws(AgentError) {
        let path = settings.spool.path
        try Files.makeDirectory(path)
        lock = try FileLock(
            path + "/lock",
            refusal:
                "another logdb-agent has the spool \(path); wait for it to end, or set spool.path to another directory")
        let batchLog = try BatchLog(directory: path + "/batches")
        reserve = RoomReserve(directory: path)
        clocks = ClockHistory(directory: path)
        entries = try EntryLog(
            directory: path + "/entries", quarantineDirectory: path + "/quarantine", settings: settings.spool,
            progress: batchLog.progress, acknowledged: batchLog.acknowledged, waiting: batchLog.waiting.map(\.after),
            note: {
                SpoolNoteEntry.make($0, device: settings.device, session: settings.session(), now: WallClock.now())
            })
        self.batchLog = batchLog
        self.settings = settings
        pacing = BatchPacing(count: settings.upload.batchSize, interval: settings.upload.batchInterval)
        executor = BlockingExecutor(label: "logdb.spool")
        (batches, available) = AsyncStream.makeStream(of: UploadBatch.self)
        let (work, bell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        (self.work, self.bell) = (work, bell)
        ring = EntryRing(capacity: settings.upload.bufferSize, wake: { bell.yield() })
        for held in batchLog.waiting { available.yield(held.batch) }
        let cut = entries.findings.cutByteCount
        if cut > 0 { try? entries.appendNote(.cut(byteCount: cut)) }
        bell.yield()
    }

    // MARK: Its own work

    /// Does what is due: entries of the ring go into the file, the file to the disk, entries into batches.
    ///
    /// - Returns: How long until something is due again; nil when nothing is until the bell rings.
    /// - Throws: `.io`: nothing that was promised is broken, and another start goes on.
    func step() throws(AgentError) -> Duration? {
        let now = ContinuousClock.now
        var due: [Duration] = []
        if try !write(now) { due.append(Spool.roomInterval) }
        if let wait = try noteDrops(now) { due.append(wait) }
        if let wait = try syncWhenDue(now) { due.append(wait) }
        if let wait = try cut(now) { due.append(wait) }
        try release()
        return due.min()
    }

    /// - Returns: False when there is no room, and the rest is in the ring again.
    private func write(_ now: ContinuousClock.Instant) throws(AgentError) -> Bool {
        if reserve.isOwed { try getReserveBack() }
        if reserve.isOwed { return ring.count == 0 }
        let handovers = ring.drain()
        if !handovers.isEmpty { clocks.note(settings.clocks(), at: entries.end) }
        for (index, handover) in handovers.enumerated() {
            var appendedCount = 0
            do throws(AgentError) {
                try entries.append(handover.batch, mark: handover.mark, appendedCount: &appendedCount)
            } catch let error where error.code == .diskFull {
                figures.lastError = error.message
                arrivals.add(appendedCount, at: now)
                var rest = handover
                rest.batch = handover.batch.gathering(appendedCount..<handover.batch.count)
                ring.giveBack([rest] + handovers[(index + 1)...])
                try entries.sealWithoutRoom()
                return false
            }
            arrivals.add(handover.batch.count, at: now)
            if let whenSynced = handover.whenSynced { synced.append(whenSynced) }
        }
        ring.settle()
        if !handovers.isEmpty, syncDue == nil { syncDue = now + settings.spool.fsyncInterval }
        return true
    }

    /// Takes the reserve back as soon as what went out has made the room.
    private func getReserveBack() throws(AgentError) {
        // The segment that is written goes only when it is ended.
        try entries.sealWithoutRoom()
        reserve.hold()
        if reserve.isOwed, entries.unread.isEmpty, batchLog.waiting.isEmpty, try batchLog.letGo() { reserve.hold() }
    }

    /// Tells of what the ring dropped, at once the first time and then together.
    private func noteDrops(_ now: ContinuousClock.Instant) throws(AgentError) -> Duration? {
        let dropped = ring.takeDropped()
        ringDropped += dropped
        figures.dropped[.ringFull, default: LevelCounts()] += dropped
        guard !ringDropped.isEmpty else { return nil }
        if reserve.isOwed { return Spool.roomInterval }
        guard now >= ringDropNoteDue || isEnding else { return ringDropNoteDue - now }
        do throws(AgentError) {
            try entries.appendNote(.dropped(ringDropped, reason: .ringFull))
        } catch let error where error.code == .diskFull {
            return Spool.roomInterval
        }
        arrivals.add(1, at: now)
        ringDropped = LevelCounts()
        ringDropNoteDue = now + Spool.ringDropNoteInterval
        return nil
    }

    private func syncWhenDue(_ now: ContinuousClock.Instant) throws(AgentError) -> Duration? {
        guard let due = syncDue else { return nil }
        guard now >= due || isEnding else { return due - now }
        try sync()
        return nil
    }

    private func sync() throws(AgentError) {
        try entries.sync()
        syncDue = nil
        let done = synced
        synced = []
        for whenSynced in done { whenSynced() }
    }

    /// Cuts what is due.
    private func cut(_ now: ContinuousClock.Instant) throws(AgentError) -> Duration? {
        guard settings.isUploading, !isOut else { return nil }
        while true {
            let age = arrivals.oldest.map { now - $0 } ?? .seconds(1 << 30)
            let decision = pacing.decide(
                unread: entries.unread, oldestAge: age, waitingCount: batchLog.waiting.count, isEnding: isEnding)
            switch decision {
            case .wait(let duration): return duration
            case .rest:
                guard entries.unread.isEmpty else { return nil }
                try passOver()
                if isEnding { finish() }
                return nil
            case .cut(let countMax):
                if let wait = try cutBatch(countMax: countMax, isUrgent: false) { return wait }
            case .cutUrgent(let countMax):
                if let wait = try cutBatch(countMax: countMax, isUrgent: true) { return wait }
            }
        }
    }

    /// - Returns: How soon to go on, where the disk has no room for it or nothing could be read; nil: at once.
    private func cutBatch(countMax: Int, isUrgent: Bool) throws(AgentError) -> Duration? {
        let reading = try read(isUrgent: isUrgent, countMax: countMax)
        guard !reading.batch.isEmpty else {
            // Damage took what was counted, or it is further on.
            pass(reading)
            if reading.isCutShort { return .zero }
            if isUrgent { return try cutBatch(countMax: countMax, isUrgent: false) }
            return reading.after == reading.before ? Spool.roomInterval : nil
        }
        let frame = BatchFrame.encode(reading.batch, level: Spool.compressionLevel, using: &compressor)
        let count = reading.batch.count
        do throws(AgentError) {
            let batch = try batchLog.append(frame, entryCount: count, isUrgent: isUrgent, after: reading.after)
            entries.advance(past: reading)
            if isUrgent { arrivals.removeLast(count) } else { arrivals.remove(count) }
            if entries.unread.isEmpty { arrivals = ArrivalTimes() }
            available.yield(batch)
            return nil
        } catch let error where error.code == .diskFull {
            figures.lastError = error.message
            var hasRoom = reserve.give()
            if !hasRoom { hasRoom = try batchLog.letGo() }
            return hasRoom ? try cutBatch(countMax: countMax, isUrgent: isUrgent) : Spool.roomInterval
        }
    }

    private func read(isUrgent: Bool, countMax: Int) throws(AgentError) -> EntryLog.Reading {
        // The times of a batch are all of one setting of the clock.
        try entries.read(
            isUrgent: isUrgent, countMax: countMax, byteCountMax: BatchPacing.byteCountMax,
            boundaries: clocks.boundaries)
    }

    /// Goes past what an empty reading found to be in batches already, or lost.
    private func pass(_ reading: EntryLog.Reading) {
        entries.advance(past: reading)
        if !reading.isUrgent { batchLog.moveOn(to: entries.progress) }
    }

    /// Nothing is unread. What lies past the position went out before its turn, and its segments can go as others do.
    private func passOver() throws(AgentError) {
        guard entries.progress.position < entries.progress.urgentPosition else { return }
        let reading = try read(isUrgent: false, countMax: 1)
        if reading.batch.isEmpty { pass(reading) }
    }

    /// Lets go of what is acknowledged, once the record of that is on disk.
    private func release() throws(AgentError) {
        guard entries.canRelease(before: batchLog.acknowledged) else { return }
        do throws(AgentError) {
            try batchLog.writeState()
            try entries.release(before: batchLog.acknowledged)
        } catch let error where error.code == .diskFull {
            // The next step has the reserve's room for this, or nothing has.
            _ = reserve.give()
            return
        }
        clocks.forget(before: min(batchLog.firstEnd ?? entries.position, entries.position))
        reserve.hold()
    }

    // MARK: The uploader's side

    func frame(of batch: UploadBatch) throws(AgentError) -> [UInt8] { try batchLog.frame(of: batch) }

    func clockOffset(of batch: UploadBatch, serverStart: Int64) -> Int64? {
        let now = settings.clocks()
        clocks.note(now, at: entries.end)
        clocks.note(serverStart: serverStart, of: now.boot)
        return batchLog.end(of: batch).flatMap { clocks.offset(before: $0, now: now) }
    }

    func advance(past batch: UploadBatch, receipt: UploadReceipt) throws(AgentError) {
        if receipt.rejectedCount > 0 {
            // The server kept the rest; which entries it refused only its words tell, so the batch is kept whole.
            try setAside(batch, status: 200, reason: receipt.rejectionDetail)
        }
        figures.uploadedCount += receipt.acceptedCount + receipt.duplicateCount
        figures.refusedCount += receipt.rejectedCount
        batchLog.acknowledge(batch)
        resendWhatIsLost(batch, receipt)
        bell.yield()
    }

    func quarantine(_ batch: UploadBatch, answer: UploadAnswer) throws(AgentError) {
        try setAside(batch, status: answer.status, reason: answer.detail)
        figures.refusedCount += batch.entryCount
        figures.refusedBatchCount += 1
        batchLog.acknowledge(batch)
        // The server will never have this sequence: what it says it misses would tell nothing any more.
        batchLog.startBoot()
        bell.yield()
    }

    /// Sends again what the server had and has no more, as after its restart from an older backup.
    private func resendWhatIsLost(_ batch: UploadBatch, _ receipt: UploadReceipt) {
        guard batch.boot == batchLog.boot, batch.sequence == batchLog.acknowledgedSequence else { return }
        if receipt.acknowledgedThrough != nil { isThroughKnown = true }
        guard isThroughKnown else { return }
        let through = receipt.acknowledgedThrough ?? 0
        guard through + 1 < batch.sequence else { return }
        let again = batchLog.resend(after: through, before: batch.sequence)
        figures.resentBatchCount += again.count
        for batch in again { available.yield(batch) }
        let missingCount = Int(batch.sequence - 1 - through) - again.count
        if missingCount > 0 {
            figures.lastError =
                "the server has lost \(missingCount) batches that are no longer kept here: it says that it misses those "
                + "after \(through) of boot \(batch.boot ?? "")"
        }
        // From here on a gap of the old boot is known; a new one tells of the next.
        batchLog.startBoot()
    }

    private func setAside(_ batch: UploadBatch, status: Int, reason: String) throws(AgentError) {
        let boot = batch.boot ?? batchLog.boot
        let directory = settings.spool.path + "/refused"
        // What it takes is there even on a full disk.
        _ = reserve.give()
        defer { reserve.hold() }
        try Files.makeDirectory(directory)
        let path = "\(directory)/\(boot)-\(batch.sequence).batch"
        let note = QuarantineNote(
            server: settings.server, device: settings.device, boot: boot, sequence: batch.sequence,
            entryCount: batch.entryCount,
            status: status, reason: reason)
        try Files.replace(path + ".json", with: JSONText.encode(note) + [0x0a])
        try Files.replace(path, with: try batchLog.frame(of: batch))
        figures.lastError = "the server refused batch \(batch.sequence) (status \(status)): \(reason)"
    }

    // MARK: The end

    /// No more entries will come: writes and syncs what there is, and cuts it into batches as they go out. `batches` ends
    /// after the last.
    func end() throws(AgentError) {
        ring.close()
        isEnding = true
        _ = try step()
        if !settings.isUploading { finish() }
        bell.yield()
    }

    /// Makes what is known of acknowledgements durable. No other call may follow.
    func close() throws(AgentError) {
        try sync()
        try batchLog.writeState()
        bell.finish()
    }

    private func finish() {
        isOut = true
        available.finish()
    }
}
