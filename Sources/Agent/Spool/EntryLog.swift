import LogModel

/// The entries of the spool: a row of segments, appended to at one end and read from at the other.
///
/// Invariants:
/// - segments are numbered upwards; only the last is written, and a run begins with a new one;
/// - what `progress` covers has been read, and is in batches; a segment goes when its entries are acknowledged, or when
///   they are dropped;
/// - what is dropped has its record in the log, on disk, before it goes;
/// - every segment begins with the last mark of each input, so that no mark goes with a segment.
///
/// Belongs to one thread at a time; every call may wait for the disk.
final class EntryLog {
    /// A segment that is on disk.
    struct Segment {
        let number: UInt64
        var byteCount: Int64
        /// Where its last entry ends; its sum follows.
        var entriesEnd: Int64
        var levels: LevelCounts

        /// Whether all its entries lie before the position.
        func isThrough(by position: SpoolPosition) -> Bool {
            position >= SpoolPosition(segment: number, offset: entriesEnd, index: 0)
        }
    }

    let directory: String
    let quarantineDirectory: String
    let byteCountMax: Int64
    let whenFull: AgentConfiguration.SpoolSettings.WhenFull
    /// Makes the entry that tells of a drop.
    let note: (SpoolNote) -> Entry
    /// All but the one that is written.
    var sealed: [Segment] = []
    var writer: SegmentWriter?
    /// Entries of the segment that is written.
    var writing = LevelCounts()
    var nextNumber: UInt64 = 1
    /// Which entries are in batches.
    var progress: SpoolProgress
    /// Entries of the position's segment before it.
    var consumed = LevelCounts()
    /// Urgent entries past the position that are in batches already, by segment.
    var ahead: [UInt64: LevelCounts] = [:]
    /// Segments in which urgent positions lie that a crash may go back to: what moves their entries would make them lie.
    var pinned: Set<UInt64> = []
    /// Levels that a segment has nothing more of to drop, by its number: what it has of them tells of other drops.
    var thinned: [UInt64: Set<Level>] = [:]
    /// Entries that are in no batch.
    var unread = LevelCounts()
    /// Inputs and their last marks, in the order of their first.
    var marks: [InputMark] = []
    var findings = SpoolFindings()
    /// Dropped to keep within the cap, since the log was opened.
    var dropped = LevelCounts()
    /// Damage that was noted already, so that reading again does not count it again.
    var notedDamage: Set<SpoolPosition> = []

    /// Bytes of entries that go into one record, about. More makes a torn or damaged record cost more.
    static let recordByteCountMax = 256 << 10

    /// Opens the directory, or begins it.
    ///
    /// - Parameters:
    ///   - progress: Which entries are in batches.
    ///   - acknowledged: Which of them are acknowledged: segments before its position's are not needed any more.
    ///   - waiting: What `progress` was with the batches that are not acknowledged.
    /// - Throws: `.io`, `.diskFull` or `.formatTooNew`.
    init(
        directory: String, quarantineDirectory: String, settings: AgentConfiguration.SpoolSettings,
        progress: SpoolProgress, acknowledged: SpoolProgress, waiting: [SpoolProgress] = [],
        note: @escaping (SpoolNote) -> Entry
    ) throws(AgentError) {
        self.directory = directory
        self.quarantineDirectory = quarantineDirectory
        byteCountMax = Int64(settings.byteCountMax)
        whenFull = settings.whenFull
        self.progress = progress
        self.note = note
        for known in waiting + [progress, acknowledged] { pinned.insert(known.urgentPosition.segment) }
        try Files.makeDirectory(directory)
        try open(acknowledged: acknowledged)
    }

    /// A sixteenth of the cap, so that dropping the oldest costs no more; within 16 KiB and 8 MiB.
    var segmentByteCountMax: Int64 { min(max(byteCountMax / 16, 16 << 10), 8 << 20) }

    /// Bytes of all segments.
    var byteCount: Int64 { sealed.reduce(0) { $0 + $1.byteCount } + (writer?.byteCount ?? 0) }

    var position: SpoolPosition { progress.position }

    /// Where the next entry goes, or before that.
    var end: SpoolPosition {
        writer.map { SpoolPosition(segment: $0.number, offset: $0.byteCount, index: 0) } ?? .start(of: nextNumber)
    }

    func mark(of input: String) -> [UInt8]? { marks.first { $0.input == input }?.value }

    /// Appends entries; with a mark, all of them and it in one record. They survive the process on return, and a loss of
    /// power after `sync`.
    ///
    /// - Parameter appendedCount: How many are appended, also when this throws: all of them or none where there is a mark.
    /// - Throws: `.diskFull` when the disk, or the spool under `block`, has no room; `.io`.
    func append(_ batch: Batch, mark: InputMark?, appendedCount: inout Int) throws(AgentError) {
        appendedCount = 0
        repeat {
            let end = mark == nil ? recordEnd(batch, from: appendedCount) : batch.count
            try append(appendedCount..<end, of: batch, mark: mark, isNote: false)
            appendedCount = end
        } while appendedCount < batch.count
    }

    func append(_ batch: Batch, mark: InputMark?) throws(AgentError) {
        var appendedCount = 0
        try append(batch, mark: mark, appendedCount: &appendedCount)
    }

    /// Where the record that begins with entry `start` ends.
    private func recordEnd(_ batch: Batch, from start: Int) -> Int {
        var end = start
        var byteCount = 0
        while end < batch.count, byteCount < min(EntryLog.recordByteCountMax, Int(segmentByteCountMax)) {
            byteCount += batch.messages.range(end).count + 100
            end += 1
        }
        return end
    }

    private func append(
        _ indexes: Range<Int>, of batch: Batch, mark: InputMark?, isNote: Bool
    ) throws(AgentError) {
        var levels = LevelCounts()
        for index in indexes { levels[Level(rawValue: batch.levels[index]) ?? .info] += 1 }
        // Rotating and making room may begin another segment, whose number the record carries.
        func encode(for segment: UInt64) -> [UInt8] {
            var record: [UInt8] = []
            SegmentFormat.append(.entries, entryCount: indexes.count, segment: segment, to: &record) { payload in
                EntryCodec.append(indexes, of: batch, mark: mark, to: &payload)
            }
            return record
        }
        var writer = try writableSegment()
        var record = encode(for: writer.number)
        if !isNote {
            try makeRoom(byteCount: Int64(record.count))
            let current = try writableSegment()
            if current.number != writer.number {
                writer = current
                record = encode(for: current.number)
            }
        }
        try writer.append(record)
        writing += levels
        unread += levels
        if let mark { remember(mark) }
    }

    /// Appends what the agent itself has to tell, also where there is no room by the cap.
    func appendNote(_ entry: SpoolNote) throws(AgentError) {
        try append(0..<1, of: Batch([note(entry)]), mark: nil, isNote: true)
    }

    func remember(_ mark: InputMark) {
        if let index = marks.firstIndex(where: { $0.input == mark.input }) {
            marks[index] = mark
        } else {
            marks.append(mark)
        }
    }

    /// Returns when all that was appended is on disk.
    func sync() throws(AgentError) { try writer?.sync() }

    var isSynced: Bool { writer?.isSynced ?? true }

    /// The segment that is written: a new one where the last is full, or was of an earlier run.
    private func writableSegment() throws(AgentError) -> SegmentWriter {
        if let writer, writer.byteCount < segmentByteCountMax { return writer }
        try seal()
        var records: [UInt8] = []
        for mark in marks {
            SegmentFormat.append(.mark, entryCount: 0, segment: nextNumber, to: &records) { payload in
                EntryCodec.append(mark, to: &payload)
            }
        }
        let writer = try SegmentWriter(
            directory: directory, number: nextNumber, content: .entries, records: records)
        self.writer = writer
        nextNumber += 1
        return writer
    }

    /// Ends the segment that is written, if there is one. On return it is on disk.
    func seal() throws(AgentError) {
        guard let writer else { return }
        let end = writer.byteCount
        try writer.append(EntryLog.sum(writing, segment: writer.number))
        try close(writer, entriesEnd: end)
    }

    /// Returns when the segment is on disk, as it stands.
    private func close(_ writer: SegmentWriter, entriesEnd: Int64) throws(AgentError) {
        try writer.sync()
        sealed.append(
            Segment(number: writer.number, byteCount: writer.byteCount, entriesEnd: entriesEnd, levels: writing))
        self.writer = nil
        writing = LevelCounts()
    }

    /// Ends the segment that is written, also where there is no room for its sum, so that it can go when it is through.
    func sealWithoutRoom() throws(AgentError) {
        guard !writing.isEmpty else { return }
        do throws(AgentError) {
            try seal()
        } catch let error where error.code == .diskFull {
            guard let writer else { return }
            try close(writer, entriesEnd: writer.byteCount)
        }
    }

    static func sum(_ levels: LevelCounts, segment: UInt64) -> [UInt8] {
        var record: [UInt8] = []
        SegmentFormat.append(.sum, entryCount: 0, segment: segment, to: &record) { payload in
            for level in Level.allCases { payload.append(fixed: UInt32(clamping: levels[level])) }
        }
        return record
    }

    /// Removes segments all of whose entries are acknowledged. What says so must be on disk.
    ///
    /// An urgent entry that lies before the acknowledged position is in a batch that was cut, and so acknowledged, earlier
    /// than the one whose reading passed over it.
    func release(before acknowledged: SpoolProgress) throws(AgentError) {
        // Without a later segment the last one alone has the marks.
        if writer == nil, !marks.isEmpty { _ = try writableSegment() }
        let keptNumber = writer?.number ?? .max
        let through = min(acknowledged.position, position)
        while let first = sealed.first, first.isThrough(by: through), first.number < keptNumber {
            try Files.remove(path(first.number))
            sealed.removeFirst()
            thinned[first.number] = nil
        }
        pinned = pinned.filter { $0 >= acknowledged.urgentPosition.segment }
    }

    /// Whether `release` would remove something.
    func canRelease(before acknowledged: SpoolProgress) -> Bool {
        guard let first = sealed.first else { return false }
        return first.isThrough(by: min(acknowledged.position, position))
    }

    func path(_ number: UInt64) -> String { directory + "/" + SegmentFormat.name(number) }
}
