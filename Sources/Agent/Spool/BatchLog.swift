import Glibc
import LogModel

/// The batches of the spool: each is written here, synced, before it is first sent, and kept until some time after the
/// server has it. So the same sequence means the same bytes, whenever the process or the power goes.
///
/// A boot is a row of sequences from 1 on. A new one begins with a new spool, and whenever the old row can have a gap:
/// after damage, after a batch that the server refused, and when the server has lost more than is kept here.
///
/// Belongs to one thread at a time; every call may wait for the disk.
final class BatchLog {
    /// A batch that is in the log.
    struct Held {
        let batch: UploadBatch
        let segment: UInt64
        let offset: Int64
        let byteCount: Int64
        /// Where its entries end.
        let end: SpoolPosition
        /// Which entries are in batches, with this one.
        var after: SpoolProgress
    }

    private let directory: String
    private var writer: SegmentWriter?
    /// Numbers of all segments, and how many bytes each has.
    private var segments: [(number: UInt64, byteCount: Int64)] = []
    private(set) var boot: String
    private(set) var lastSequence: UInt64 = 0
    private(set) var acknowledgedSequence: UInt64 = 0
    /// Which entries are in batches, and which are in acknowledged ones.
    private(set) var progress = SpoolProgress.start
    private(set) var acknowledged = SpoolProgress.start
    /// Not acknowledged, in order.
    private(set) var waiting: [Held] = []
    /// Acknowledged and kept, in order, all of the boot.
    private(set) var grace: [Held] = []
    /// Acknowledged and sent again, as the server has lost them.
    private(set) var resending: [Held] = []
    /// The state that is on disk: an acknowledgement is written with the next batch, as losing it only costs a batch that
    /// is sent twice.
    private var isStateWritten = false
    /// Whether something was found that could not be read.
    private(set) var damagedByteCount: Int64 = 0

    static let segmentByteCountMax: Int64 = 4 << 20
    /// How much is kept after it was acknowledged: at a batch a second, some minutes.
    static let graceCountMax = 256
    static let graceByteCountMax: Int64 = 8 << 20

    /// Opens the directory, or begins it. On return a state is on disk.
    ///
    /// - Throws: `.io`, `.diskFull` or `.formatTooNew`.
    init(directory: String) throws(AgentError) {
        self.directory = directory
        boot = BatchLog.newBoot()
        try Files.makeDirectory(directory)
        for name in try Files.names(in: directory) {
            guard let number = SegmentFormat.number(ofName: name) else { continue }
            segments.append((number, 0))
        }
        var isWhole = true
        for index in segments.indices { try read(index, isWhole: &isWhole) }
        if !isWhole { startBoot() }
        moveOn(to: progress)
        try rotate()
    }

    private static func newBoot() -> String {
        let text = String(UInt64.random(in: 0 ... .max), radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }

    // MARK: Writing

    /// Appends a batch of entries that are in no other. On return it is on disk, and `after` with it.
    ///
    /// - Parameters:
    ///   - isUrgent: Whether its entries end at the urgent position of `after`, not at its position.
    ///   - after: Which entries are in batches, with this one.
    func append(
        _ frame: [UInt8], entryCount: Int, isUrgent: Bool = false, after: SpoolProgress
    ) throws(AgentError) -> UploadBatch {
        if let writer, writer.byteCount >= BatchLog.segmentByteCountMax { try rotate() }
        guard let writer else { throw AgentError(.io, "the log of batches is not open") }
        let batch = UploadBatch(sequence: lastSequence + 1, entryCount: entryCount, boot: boot)
        let record = BatchRecord(
            sequence: batch.sequence, boot: boot, after: after, isUrgent: isUrgent, frame: frame)
        var records = isStateWritten ? [] : stateRecord(writer.number)
        let offset = writer.byteCount + Int64(records.count)
        record.append(entryCount: entryCount, segment: writer.number, to: &records)
        let byteCount = writer.byteCount + Int64(records.count) - offset
        try writer.append(records)
        try writer.sync()
        isStateWritten = true
        lastSequence = batch.sequence
        progress = after
        waiting.append(
            Held(
                batch: batch, segment: writer.number, offset: offset, byteCount: byteCount, end: record.end,
                after: after))
        return batch
    }

    /// What lies between `progress` and there is in batches too, or lost to damage: the next state says so.
    func moveOn(to progress: SpoolProgress) {
        if waiting.isEmpty { acknowledged = progress } else { waiting[waiting.count - 1].after = progress }
        if self.progress != progress { isStateWritten = false }
        self.progress = progress
    }

    /// The server has the first waiting batch. Reaches the disk with the next batch, or with `writeState`.
    func acknowledge(_ batch: UploadBatch) {
        guard let held = waiting.first, held.batch == batch else {
            resending.removeAll { $0.batch == batch }
            return
        }
        waiting.removeFirst()
        acknowledged = held.after
        isStateWritten = false
        guard batch.boot == boot else { return }
        acknowledgedSequence = batch.sequence
        grace.append(held)
        var byteCount = grace.reduce(0) { $0 + $1.byteCount }
        while grace.count > BatchLog.graceCountMax || byteCount > BatchLog.graceByteCountMax {
            byteCount -= grace.removeFirst().byteCount
        }
    }

    /// Puts the acknowledged batches after `sequence` in line to be sent again.
    ///
    /// - Returns: They, in order.
    func resend(after sequence: UInt64, before end: UInt64) -> [UploadBatch] {
        let lost = grace.filter { $0.batch.sequence > sequence && $0.batch.sequence < end }
        resending += lost
        return lost.map(\.batch)
    }

    /// Removes what is kept of acknowledged batches, to make room.
    ///
    /// - Returns: False when nothing was kept, or the disk has no room for a new segment.
    func letGo() throws(AgentError) -> Bool {
        guard !grace.isEmpty else { return false }
        grace = []
        do throws(AgentError) { try rotate() } catch let error where error.code == .diskFull { return false }
        return true
    }

    /// Begins a new row of sequences.
    func startBoot() {
        boot = BatchLog.newBoot()
        lastSequence = 0
        acknowledgedSequence = 0
        grace = []
        isStateWritten = false
    }

    /// Returns when boot, sequences and positions are on disk.
    func writeState() throws(AgentError) {
        guard let writer else { throw AgentError(.io, "the log of batches is not open") }
        if !isStateWritten { try writer.append(stateRecord(writer.number)) }
        try writer.sync()
        isStateWritten = true
    }

    /// Begins a new segment, with the state at its start, and removes those that nothing is needed of.
    private func rotate() throws(AgentError) {
        let number = (segments.last?.number ?? 0) + 1
        let next = try SegmentWriter(
            directory: directory, number: number, content: .batches, records: stateRecord(number))
        writer = next
        isStateWritten = true
        segments.append((number, 0))
        let needed = Set((waiting + grace + resending).map(\.segment) + [number])
        for segment in segments where !needed.contains(segment.number) {
            try Files.remove(path(segment.number))
        }
        segments.removeAll { !needed.contains($0.number) }
    }

    private func stateRecord(_ segment: UInt64) -> [UInt8] {
        let state = BatchStateRecord(
            boot: boot, lastSequence: lastSequence, acknowledgedSequence: acknowledgedSequence, progress: progress,
            acknowledged: acknowledged)
        var record: [UInt8] = []
        state.append(segment: segment, to: &record)
        return record
    }

    private func path(_ number: UInt64) -> String { directory + "/" + SegmentFormat.name(number) }

    // MARK: Reading

    /// Where the entries of a batch end that is not through; nil for another.
    func end(of batch: UploadBatch) -> SpoolPosition? { (waiting + resending).first { $0.batch == batch }?.end }

    /// Before this no batch ends that is kept; nil without any.
    var firstEnd: SpoolPosition? { (grace + resending + waiting).map(\.end).min() }

    /// The bytes to send.
    func frame(of batch: UploadBatch) throws(AgentError) -> [UInt8] {
        guard let held = (waiting + resending).first(where: { $0.batch == batch }) else {
            throw AgentError(.corruption, "batch \(batch.sequence) is not in \(directory)")
        }
        let path = path(held.segment)
        var scanner = try SegmentScanner(
            path, number: held.segment, from: held.offset, end: held.offset + held.byteCount)
        guard case .record(let record) = try scanner.next(), record.offset == held.offset,
            let found = BatchRecord(record)
        else { throw AgentError(.corruption, "\(path) is damaged at byte \(held.offset); start the agent again") }
        return found.frame
    }

    /// Takes over what a segment of an earlier run holds.
    ///
    /// - Parameter isWhole: Becomes false where something cannot be read. No batch counts from there on: entries go into
    ///   new batches, under a new boot, so that none is lost.
    private func read(_ index: Int, isWhole: inout Bool) throws(AgentError) {
        let number = segments[index].number
        var scanner = try SegmentScanner(path(number), number: number)
        if try !scanner.hasHeader(.batches) { isWhole = false }
        while true {
            switch try scanner.next() {
            case .end:
                segments[index].byteCount = scanner.offset
                return
            case .damage(_, let byteCount):
                isWhole = false
                damagedByteCount += byteCount
            case .record(let record):
                if let batch = BatchRecord(record) {
                    take(batch, at: record, segment: number, isWhole: isWhole)
                } else if let state = BatchStateRecord(record) {
                    take(state, isWhole: isWhole)
                }
            }
        }
    }

    private func take(_ found: BatchRecord, at record: SegmentScanner.Record, segment: UInt64, isWhole: Bool) {
        guard isWhole, found.boot == boot, found.sequence > lastSequence else { return }
        // What lies between is in a segment that went, being acknowledged long ago.
        let batch = UploadBatch(sequence: found.sequence, entryCount: record.entryCount, boot: boot)
        waiting.append(
            Held(
                batch: batch, segment: segment, offset: record.offset, byteCount: record.end - record.offset,
                end: found.end, after: found.after))
        lastSequence = found.sequence
        progress = found.after
    }

    private func take(_ state: BatchStateRecord, isWhole: Bool) {
        takeAcknowledgement(state)
        guard isWhole else { return }
        if state.boot != boot { grace = [] }
        boot = state.boot
        lastSequence = state.lastSequence
        progress.advance(to: state.progress)
    }

    /// Batches that are within what is acknowledged go from those that wait to those that are kept.
    private func takeAcknowledgement(_ state: BatchStateRecord) {
        acknowledgedSequence = state.acknowledgedSequence
        acknowledged.advance(to: state.acknowledged)
        while let first = waiting.first, first.after.isWithin(acknowledged) {
            waiting.removeFirst()
            if first.batch.boot == state.boot { grace.append(first) }
        }
        progress.advance(to: acknowledged)
    }
}
