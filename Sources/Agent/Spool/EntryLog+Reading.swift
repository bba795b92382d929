import Glibc
import LogModel

extension EntryLog {
    /// Entries from `position` on.
    struct Reading {
        var batch = Batch()
        /// The position after them.
        var after: SpoolPosition
        /// How many of them are of the segment of `after`.
        var lastSegmentLevels = LevelCounts()
    }

    /// Reads the next entries, in order. The position stays.
    ///
    /// - Parameters:
    ///   - countMax: At most so many.
    ///   - byteCountMax: No further one when they have so many bytes.
    ///   - end: None from there on. Nil: as many as there are.
    func read(countMax: Int, byteCountMax: Int, end: SpoolPosition? = nil) throws(AgentError) -> Reading {
        var reading = Reading(after: position)
        while let segment = segment(from: reading.after.segment) {
            if segment.number > reading.after.segment {
                reading.after = .start(of: segment.number)
                reading.lastSegmentLevels = LevelCounts()
            }
            var scanner = try SegmentScanner(
                path(segment.number), number: segment.number, from: reading.after.offset, end: segment.byteCount)
            while true {
                let isFull = reading.batch.count >= countMax || reading.batch.byteCount >= byteCountMax
                if isFull || end.map({ reading.after >= $0 }) == true, !reading.batch.isEmpty { return reading }
                let item = try scanner.next()
                if case .end = item { break }
                switch item {
                case .record(let record):
                    let room = countMax - reading.batch.count
                    append(record, to: &reading, countMax: room, byteCountMax: byteCountMax)
                case .damage(let offset, let byteCount):
                    try noteDamage(segment.number, offset: offset, byteCount: byteCount)
                    reading.after = SpoolPosition(segment: segment.number, offset: offset + byteCount, index: 0)
                case .end: break
                }
            }
            if segment.number == writer?.number { break }
            reading.after = .start(of: segment.number + 1)
            reading.lastSegmentLevels = LevelCounts()
        }
        return reading
    }

    /// Takes what `read` gave for read: it is in a batch that is on disk.
    func advance(past reading: Reading) {
        // Entries that were lost to damage are counted in their segment and were never read.
        for segment in sealed where segment.number >= position.segment && segment.number < reading.after.segment {
            unread -= segment.levels
            if segment.number == position.segment { unread += consumed }
        }
        if reading.after.segment == position.segment {
            consumed += reading.lastSegmentLevels
        } else {
            consumed = reading.lastSegmentLevels
        }
        unread -= reading.lastSegmentLevels
        position = reading.after
    }

    /// The first segment with that number or a later one.
    private func segment(from number: UInt64) -> Segment? {
        // Reading is near the beginning, as a rule.
        if let segment = sealed.first(where: { $0.number >= number }) { return segment }
        guard let writer, writer.number >= number else { return nil }
        return Segment(
            number: writer.number, byteCount: writer.byteCount, entriesEnd: writer.byteCount, levels: writing)
    }

    /// Appends the record's entries, from where the position in it is on, and moves the position.
    private func append(
        _ record: SegmentScanner.Record, to reading: inout Reading, countMax: Int, byteCountMax: Int
    ) {
        let segment = reading.after.segment
        let start = record.offset == reading.after.offset ? reading.after.index : 0
        reading.after = SpoolPosition(segment: segment, offset: record.end, index: 0)
        guard record.kind == .entries else { return }
        let count = reading.batch.count
        record.payload.withUnsafeBytes { bytes in
            var reader = SpoolReader(bytes)
            do throws(SpoolReader.Malformed) {
                _ = try EntryCodec.leadingMark(&reader)
                for index in 0..<record.entryCount {
                    if index < start {
                        _ = try EntryCodec.skipEntry(&reader)
                        continue
                    }
                    let isFull = reading.batch.count - count >= countMax || reading.batch.byteCount >= byteCountMax
                    if isFull, !reading.batch.isEmpty {
                        reading.after = SpoolPosition(segment: segment, offset: record.offset, index: index)
                        return
                    }
                    try EntryCodec.readEntry(&reader, into: &reading.batch)
                }
            } catch {
                // The checksum was right and the record is not: what can be read of it is taken.
            }
        }
        for index in count..<reading.batch.count {
            reading.lastSegmentLevels[Level(rawValue: reading.batch.levels[index]) ?? .info] += 1
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
