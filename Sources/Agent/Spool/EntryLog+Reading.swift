import Glibc
import LogModel

extension EntryLog {
    /// Entries that are in no batch, in order.
    struct Reading {
        var batch = Batch()
        /// Whether it has urgent entries only, from the urgent position on.
        let isUrgent: Bool
        /// Which entries were in batches before.
        let before: SpoolProgress
        /// Where it ended.
        var end: SpoolPosition
        /// Where its first entry is.
        var first: SpoolPosition?
        /// How many of them are of the segment of `end`.
        var lastSegmentLevels = LevelCounts()
        /// Urgent entries of that segment that were passed over, as they are in batches.
        var lastSegmentPassed = LevelCounts()
        /// Whether it ended because it had passed over as much as one reading may.
        var isCutShort = false

        init(isUrgent: Bool, before: SpoolProgress) {
            self.isUrgent = isUrgent
            self.before = before
            end = isUrgent ? before.urgentStart : before.position
        }

        /// Which entries are in batches when these are.
        var after: SpoolProgress {
            isUrgent
                ? SpoolProgress(position: before.position, urgentPosition: end)
                : SpoolProgress(position: end, urgentPosition: before.urgentPosition)
        }

        /// Whether it is for an entry of that level at that place.
        func wants(_ place: SpoolPosition, _ level: Level) -> Bool {
            !before.covers(place, level) && (level.isUrgent || !isUrgent)
        }

        mutating func begin(_ segment: UInt64) {
            end = .start(of: segment)
            lastSegmentLevels = LevelCounts()
            lastSegmentPassed = LevelCounts()
        }
    }

    /// How much a reading may have.
    private struct Bounds {
        var countMax: Int
        var byteCountMax: Int
        var boundaries: [SpoolPosition]

        /// Whether another entry is too much. One alone never is.
        func areFilled(by reading: Reading) -> Bool {
            !reading.batch.isEmpty && (reading.batch.count >= countMax || reading.batch.byteCount >= byteCountMax)
        }

        /// Whether a boundary lies between its first entry and a place.
        func arePassed(by reading: Reading, at place: SpoolPosition) -> Bool {
            guard let first = reading.first, let boundary = boundaries.first(where: { $0 > first }) else {
                return false
            }
            return place >= boundary
        }
    }

    /// Bytes of the log that one reading goes through at most: what is received meanwhile waits in memory.
    private static let readingByteCountMax: Int64 = 16 << 20

    /// Reads the next entries, in order. What is in batches stays as it is.
    ///
    /// - Parameters:
    ///   - isUrgent: Only urgent ones.
    ///   - countMax: At most so many.
    ///   - byteCountMax: No further one when they have so many bytes.
    ///   - boundaries: Places, in order, of which none lies between two entries of the reading.
    func read(
        isUrgent: Bool = false, countMax: Int, byteCountMax: Int, boundaries: [SpoolPosition] = []
    ) throws(AgentError) -> Reading {
        let bounds = Bounds(countMax: countMax, byteCountMax: byteCountMax, boundaries: boundaries)
        var reading = Reading(isUrgent: isUrgent, before: progress)
        var readByteCount: Int64 = 0
        while let segment = segment(from: reading.end.segment) {
            if segment.number > reading.end.segment { reading.begin(segment.number) }
            if !isUrgent || hasUrgent(segment) {
                var scanner = try SegmentScanner(
                    path(segment.number), number: segment.number, from: reading.end.offset, end: segment.byteCount)
                scanning: while true {
                    if bounds.areFilled(by: reading) || bounds.arePassed(by: reading, at: reading.end) {
                        return reading
                    }
                    if readByteCount >= EntryLog.readingByteCountMax {
                        reading.isCutShort = true
                        return reading
                    }
                    let start = reading.end.offset
                    switch try scanner.next() {
                    case .record(let record): append(record, to: &reading, bounds)
                    case .damage(let offset, let byteCount):
                        try noteDamage(segment.number, offset: offset, byteCount: byteCount)
                        reading.end = SpoolPosition(segment: segment.number, offset: offset + byteCount, index: 0)
                    case .end: break scanning
                    }
                    readByteCount += reading.end.offset - start
                }
            }
            let next = SpoolPosition.start(of: segment.number + 1)
            if segment.number == writer?.number || bounds.arePassed(by: reading, at: next) { break }
            reading.begin(next.segment)
        }
        return reading
    }

    /// Takes what `read` gave for read: it is in a batch that is on disk.
    func advance(past reading: Reading) {
        if reading.isUrgent { advanceUrgently(past: reading) } else { advanceInOrder(past: reading) }
        progress = reading.after
        // An empty urgent reading is in no record that a crash could go back to.
        if !reading.batch.isEmpty || !reading.isUrgent { pinned.insert(progress.urgentPosition.segment) }
    }

    private func advanceInOrder(past reading: Reading) {
        // Entries that were lost to damage are counted in their segment and were never read.
        for segment in sealed where segment.number >= position.segment && segment.number < reading.end.segment {
            unread -= segment.levels
            if segment.number == position.segment { unread += consumed }
            if let urgent = ahead.removeValue(forKey: segment.number) { unread += urgent }
        }
        if reading.end.segment != position.segment { consumed = LevelCounts() }
        consumed += reading.lastSegmentLevels
        consumed += reading.lastSegmentPassed
        ahead[reading.end.segment]? -= reading.lastSegmentPassed
        unread -= reading.lastSegmentLevels
    }

    private func advanceUrgently(past reading: Reading) {
        let start = reading.before.urgentStart.segment
        for segment in sealed where segment.number >= start && segment.number < reading.end.segment {
            takeAhead(segment)
        }
        ahead[reading.end.segment, default: LevelCounts()] += reading.lastSegmentLevels
        unread -= reading.lastSegmentLevels
    }

    /// Takes all urgent entries of the segment past the position for read, also those that were lost to damage.
    func takeAhead(_ segment: Segment) {
        let left = unreadUrgent(segment)
        ahead[segment.number, default: LevelCounts()] += left
        unread -= left
    }

    /// The first segment with that number or a later one.
    private func segment(from number: UInt64) -> Segment? {
        // Reading is near the beginning, as a rule.
        if let segment = sealed.first(where: { $0.number >= number }) { return segment }
        guard let writer, writer.number >= number else { return nil }
        return Segment(
            number: writer.number, byteCount: writer.byteCount, entriesEnd: writer.byteCount, levels: writing)
    }

    /// Urgent entries of a segment, not before the position's, that are in no batch.
    private func unreadUrgent(_ segment: Segment) -> LevelCounts {
        var urgent = segment.levels.urgent
        if let ahead = ahead[segment.number] { urgent -= ahead }
        if segment.number == position.segment { urgent -= consumed.urgent }
        return urgent
    }

    private func hasUrgent(_ segment: Segment) -> Bool { !unreadUrgent(segment).isEmpty }

    /// Appends those of the record's entries that the reading is for, from its end on, and moves that.
    private func append(_ record: SegmentScanner.Record, to reading: inout Reading, _ bounds: Bounds) {
        let segment = reading.end.segment
        let start = record.offset == reading.end.offset ? reading.end.index : 0
        reading.end = SpoolPosition(segment: segment, offset: record.end, index: 0)
        guard record.kind == .entries else { return }
        record.payload.withUnsafeBytes { bytes in
            var reader = SpoolReader(bytes)
            do throws(SpoolReader.Malformed) {
                _ = try EntryCodec.leadingMark(&reader)
                for index in 0..<record.entryCount {
                    let place = SpoolPosition(segment: segment, offset: record.offset, index: index)
                    let level = try EntryCodec.nextLevel(reader)
                    guard index >= start, reading.wants(place, level) else {
                        _ = try EntryCodec.skipEntry(&reader)
                        if index >= start, !reading.isUrgent { reading.lastSegmentPassed[level] += 1 }
                        continue
                    }
                    if bounds.areFilled(by: reading) {
                        reading.end = place
                        return
                    }
                    try EntryCodec.readEntry(&reader, into: &reading.batch)
                    if reading.first == nil { reading.first = place }
                    reading.lastSegmentLevels[level] += 1
                }
            } catch {
                // The checksum was right and the record is not: what can be read of it is taken.
            }
        }
    }

    /// Keeps a copy of a segment that has bytes which are no record, and tells of it.
    func noteDamage(_ number: UInt64, offset: Int64, byteCount: Int64) throws(AgentError) {
        let place = SpoolPosition(segment: number, offset: offset, index: 0)
        guard notedDamage.insert(place).inserted else { return }
        findings.damageCount += 1
        findings.damagedByteCount += byteCount
        let copy = quarantineDirectory + "/" + SegmentFormat.name(number)
        do throws(AgentError) {
            try Files.makeDirectory(quarantineDirectory)
            // A second name for the same file: nothing is copied, and it stays when the segment goes.
            if link(path(number), copy) == 0 {
                findings.quarantined.append(copy)
            } else if errno != EEXIST {
                throw Files.failure("set aside", path(number))
            }
            try appendNote(.damaged(byteCount: byteCount, path: copy))
        } catch let error where error.code == .diskFull {
            // It is counted, and the status shows it.
        }
    }
}
