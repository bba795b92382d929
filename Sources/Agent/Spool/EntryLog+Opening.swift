import Glibc
import LogModel

extension EntryLog {
    /// Finds what earlier runs left: what is acknowledged goes, a torn end is cut off, and each segment that was not
    /// ended is.
    func open(acknowledged: SpoolProgress) throws(AgentError) {
        for name in try Files.names(in: directory) {
            guard let number = SegmentFormat.number(ofName: name) else {
                if name.hasSuffix(Files.draftSuffix) { try Files.remove(directory + "/" + name) }
                continue
            }
            sealed.append(Segment(number: number, byteCount: 0, entriesEnd: 0, levels: LevelCounts()))
        }
        // A segment may be lost that a position is in; none that comes later may lie before it.
        let known = [progress.position, progress.urgentPosition, acknowledged.position, acknowledged.urgentPosition]
        nextNumber = max(sealed.last?.number ?? 0, known.map(\.segment).max() ?? 0) + 1
        while sealed.count > 1, sealed[0].number < min(acknowledged.position.segment, position.segment) {
            try Files.remove(path(sealed[0].number))
            sealed.removeFirst()
        }
        for index in sealed.indices {
            // The last one has the last marks.
            if index < sealed.count - 1, let segment = try sumUp(sealed[index].number) {
                sealed[index] = segment
            } else {
                sealed[index] = try scan(sealed[index].number)
            }
        }
        try findPosition()
        try countAhead()
    }

    /// What the last record of the segment says of it; nil where that is no sum.
    private func sumUp(_ number: UInt64) throws(AgentError) -> Segment? {
        let file = try Files.openFile(path(number), O_RDONLY, doing: "read")
        let byteCount = try Files.byteCount(file.number, path: path(number))
        let length = Int64(EntryLog.sum(LevelCounts(), segment: number).count)
        guard byteCount >= Int64(SegmentFormat.headerByteCount) + length else { return nil }
        var scanner = try SegmentScanner(path(number), number: number, from: byteCount - length, end: byteCount)
        guard case .record(let record) = try scanner.next(), record.kind == .sum else { return nil }
        return Segment(
            number: number, byteCount: byteCount, entriesEnd: byteCount - length, levels: EntryLog.levels(record))
    }

    static func levels(_ sum: SegmentScanner.Record) -> LevelCounts {
        var levels = LevelCounts()
        sum.payload.withUnsafeBytes { bytes in
            var reader = SpoolReader(bytes)
            for level in Level.allCases { levels[level] = Int((try? reader.fixed(UInt32.self)) ?? 0) }
        }
        return levels
    }

    /// Reads a whole segment: counts its entries, takes over its marks, and ends it where nobody did.
    private func scan(_ number: UInt64) throws(AgentError) -> Segment {
        var scanner = try SegmentScanner(path(number), number: number)
        _ = try scanner.hasHeader(.entries)
        var levels = LevelCounts()
        var hasSum = false
        var entriesEnd = Int64(SegmentFormat.headerByteCount)
        // Where the last whole record ends: what lies behind is torn, not damaged.
        var end = Int64(SegmentFormat.headerByteCount)
        scanning: while true {
            switch try scanner.next() {
            case .end: break scanning
            case .damage: entriesEnd = scanner.offset
            case .record(let record):
                end = record.end
                hasSum = record.kind == .sum
                if !hasSum { entriesEnd = record.end }
                levels += takeOver(record)
            }
        }
        guard !hasSum || scanner.offset > end else {
            return Segment(
                number: number, byteCount: scanner.offset, entriesEnd: entriesEnd, levels: levels)
        }
        let byteCount = try finish(number, at: end, of: scanner.offset, levels: levels, hasSum: hasSum)
        return Segment(number: number, byteCount: byteCount, entriesEnd: entriesEnd, levels: levels)
    }

    /// Cuts off what is torn, and writes the sum where there is none.
    ///
    /// - Returns: How many bytes the segment has then.
    private func finish(
        _ number: UInt64, at end: Int64, of byteCount: Int64, levels: LevelCounts, hasSum: Bool
    ) throws(AgentError) -> Int64 {
        let file = try Files.openFile(path(number), O_RDWR, doing: "write")
        // A file may be shorter than its header, when the crash came before that was written.
        let torn = max(0, byteCount - end)
        guard ftruncate(file.number, off_t(end)) == 0 else { throw Files.failure("cut", path(number)) }
        findings.cutByteCount += torn
        var record: [UInt8] = []
        if !hasSum {
            record = EntryLog.sum(levels, segment: number)
            lseek(file.number, off_t(end), SEEK_SET)
            do throws(AgentError) {
                try Files.write(record, to: file.number, path: path(number))
            } catch let error where error.code == .diskFull {
                // It is only for a quicker start.
                guard ftruncate(file.number, off_t(end)) == 0 else { throw Files.failure("cut", path(number)) }
                record = []
            }
        }
        try Files.sync(file.number, path: path(number))
        return end + Int64(record.count)
    }

    /// The levels of the record's entries; its marks are remembered.
    private func takeOver(_ record: SegmentScanner.Record) -> LevelCounts {
        record.payload.withUnsafeBytes { bytes in
            var reader = SpoolReader(bytes)
            var levels = LevelCounts()
            do throws(SpoolReader.Malformed) {
                switch record.kind {
                case .mark: remember(try EntryCodec.mark(&reader))
                case .entries:
                    if let mark = try EntryCodec.leadingMark(&reader) { remember(mark) }
                    for _ in 0..<record.entryCount { levels[try EntryCodec.skipEntry(&reader)] += 1 }
                case .sum, .batchVersion1, .stateVersion1, .batch, .state: break
                }
            } catch {
                // The checksum was right and the record is not: what was counted counts.
            }
            return levels
        }
    }

    /// Moves the position to a segment that is there, and counts what is past it.
    private func findPosition() throws(AgentError) {
        if !sealed.contains(where: { $0.number == position.segment }) {
            let next = sealed.first { $0.number > position.segment }?.number ?? nextNumber
            progress.position = .start(of: next)
        }
        for segment in sealed where segment.number >= position.segment { unread += segment.levels }
        guard let segment = sealed.first(where: { $0.number == position.segment }) else { return }
        consumed = try levels(segment, before: position)
        unread -= consumed
    }

    /// Counts the urgent entries past the position that are in batches.
    private func countAhead() throws(AgentError) {
        let end = progress.urgentPosition
        guard end > position else { return }
        for segment in sealed where segment.number >= position.segment && segment.number <= end.segment {
            if segment.number < end.segment {
                takeAhead(segment)
            } else {
                var urgent = try levels(segment, before: end).urgent
                if segment.number == position.segment { urgent -= consumed.urgent }
                ahead[segment.number] = urgent
                unread -= urgent
            }
        }
    }

    /// The entries of the position's segment that lie before it.
    private func levels(_ segment: Segment, before position: SpoolPosition) throws(AgentError) -> LevelCounts {
        var scanner = try SegmentScanner(path(segment.number), number: segment.number, end: segment.byteCount)
        var levels = LevelCounts()
        while true {
            switch try scanner.next() {
            case .end: return levels
            case .damage: continue
            case .record(let record):
                if record.offset < position.offset {
                    levels += EntryLog.levels(of: record, countMax: record.entryCount)
                } else {
                    if record.offset == position.offset {
                        levels += EntryLog.levels(of: record, countMax: position.index)
                    }
                    return levels
                }
            }
        }
    }

    static func levels(of record: SegmentScanner.Record, countMax: Int) -> LevelCounts {
        guard record.kind == .entries else { return LevelCounts() }
        return record.payload.withUnsafeBytes { bytes in
            var reader = SpoolReader(bytes)
            var levels = LevelCounts()
            do throws(SpoolReader.Malformed) {
                _ = try EntryCodec.leadingMark(&reader)
                for _ in 0..<min(countMax, record.entryCount) { levels[try EntryCodec.skipEntry(&reader)] += 1 }
            } catch {
                // As much as can be read counts.
            }
            return levels
        }
    }
}
