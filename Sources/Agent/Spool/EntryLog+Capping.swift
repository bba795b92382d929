import LogModel

/// Keeping within the cap.
extension EntryLog {
    /// Entries of a level that are fewer than one in so many are not worth rewriting a segment for.
    private static let worthRewritingShare = 64

    /// Makes room for so many bytes by the policy. What goes is told in the log first.
    ///
    /// - Throws: `.diskFull` under `block`, when there is none.
    func makeRoom(byteCount wanted: Int64) throws(AgentError) {
        while byteCount + wanted > byteCountMax {
            switch whenFull {
            case .block:
                throw AgentError(
                    .diskFull, "the spool \(directory) has \(byteCount) bytes, at most \(byteCountMax) may be")
            case .oldest: guard try dropOldest() else { return }
            case .lowestLevel: guard try dropLowestLevel() else { return }
            }
        }
    }

    /// What goes, and what notes that go with it had told.
    private struct Loss {
        /// Entries that were in no batch.
        var entries = LevelCounts()
        var told = LevelCounts()

        var all: LevelCounts {
            var all = entries
            all += told
            return all
        }

        mutating func add(_ index: Int, of batch: Batch) {
            if let told = SpoolNoteEntry.told(batch, index) {
                self.told += told
            } else {
                entries[Level(rawValue: batch.levels[index]) ?? .info] += 1
            }
        }
    }

    /// Drops the oldest segment.
    ///
    /// - Returns: False when there is none: a cap that a single record passes.
    private func dropOldest() throws(AgentError) -> Bool {
        if sealed.isEmpty {
            // One entry alone may be what tells of the drop before.
            guard writing.total > 1 else { return false }
            try seal()
        }
        let oldest = sealed[0]
        if oldest.number >= position.segment {
            let isReading = oldest.number == position.segment
            let loss = try loss(oldest, from: isReading ? position : .start(of: oldest.number))
            try tell(loss)
            unread -= oldest.levels
            if isReading { unread += consumed }
            if let urgent = ahead.removeValue(forKey: oldest.number) { unread += urgent }
            progress.position = .start(of: oldest.number + 1)
            consumed = LevelCounts()
        }
        // What else it has is in batches, on disk.
        try Files.remove(path(oldest.number))
        sealed.removeFirst()
        thinned[oldest.number] = nil
        return true
    }

    /// Tells of a loss, on disk, before it happens.
    private func tell(_ loss: Loss) throws(AgentError) {
        dropped += loss.entries
        guard !loss.all.isEmpty else { return }
        try appendNote(.dropped(loss.all, reason: .spoolFull))
        try sync()
    }

    /// What goes with a segment's entries from a place on.
    private func loss(_ segment: Segment, from start: SpoolPosition) throws(AgentError) -> Loss {
        var scanner = try SegmentScanner(
            path(segment.number), number: segment.number, from: start.offset, end: segment.byteCount)
        var loss = Loss()
        while true {
            switch try scanner.next() {
            case .end: return loss
            case .damage(let offset, let byteCount):
                try noteDamage(segment.number, offset: offset, byteCount: byteCount)
            case .record(let record):
                guard record.kind == .entries else { continue }
                let (batch, _) = EntryLog.decode(record)
                let first = record.offset == start.offset ? min(start.index, batch.count) : 0
                for index in first..<batch.count {
                    let place = SpoolPosition(segment: segment.number, offset: record.offset, index: index)
                    if progress.covers(place, Level(rawValue: batch.levels[index]) ?? .info) { continue }
                    loss.add(index, of: batch)
                }
            }
        }
    }

    /// Drops the entries of the lowest level that there is from the oldest segment that has a fair share of it. Segments
    /// that a position lies in, or may again after a crash, are left alone.
    private func dropLowestLevel() throws(AgentError) -> Bool {
        for level in Level.allCases where level < .fatal {
            while let index = sealed.firstIndex(where: {
                canRewrite($0.number) && isWorthRewriting($0.levels, level)
                    && thinned[$0.number]?.contains(level) != true
            }) {
                do throws(AgentError) {
                    if try rewrite(index, without: level) { return true }
                } catch let error where error.code == .diskFull {
                    return try dropOldest()
                }
            }
            // The newest entries may be the lowest ones.
            if let writer, canRewrite(writer.number), writer.byteCount >= segmentByteCountMax / 2,
                isWorthRewriting(writing, level)
            {
                try seal()
                return true
            }
        }
        return try dropOldest()
    }

    private func canRewrite(_ number: UInt64) -> Bool {
        number > position.segment && number != progress.urgentPosition.segment && !pinned.contains(number)
    }

    private func isWorthRewriting(_ levels: LevelCounts, _ level: Level) -> Bool {
        levels[level] > 0 && levels[level] * EntryLog.worthRewritingShare >= levels.total
    }

    /// Puts a segment without the entries of `level` in its place: after a crash there is the old one or the new. What
    /// tells of other drops stays.
    ///
    /// - Returns: False when it had none to drop.
    private func rewrite(_ index: Int, without level: Level) throws(AgentError) -> Bool {
        let old = sealed[index]
        var (bytes, kept, loss) = try content(of: old, without: level)
        guard kept.total < old.levels.total else {
            thinned[old.number, default: []].insert(level)
            return false
        }
        try tell(loss)
        let end = Int64(bytes.count)
        bytes += EntryLog.sum(kept, segment: old.number)
        try Files.replace(path(old.number), with: bytes)
        thinned[old.number, default: []].insert(level)
        // The note may have begun another segment, which comes after these.
        sealed[index] = Segment(
            number: old.number, byteCount: Int64(bytes.count), entriesEnd: end, levels: kept)
        unread -= old.levels
        unread += kept
        if let urgent = ahead.removeValue(forKey: old.number) { unread += urgent }
        if isAhead(old.number) { takeAhead(sealed[index]) }
        return true
    }

    /// Whether all urgent entries of a segment are in batches.
    private func isAhead(_ number: UInt64) -> Bool { number < progress.urgentPosition.segment }

    /// The segment's records without the entries of `level`, and without a sum. Those that are in batches are no loss.
    private func content(
        of segment: Segment, without level: Level
    ) throws(AgentError) -> (bytes: [UInt8], kept: LevelCounts, loss: Loss) {
        var scanner = try SegmentScanner(path(segment.number), number: segment.number, end: segment.byteCount)
        var bytes = SegmentFormat.header(.entries, number: segment.number)
        var kept = LevelCounts()
        var loss = Loss()
        scanning: while true {
            switch try scanner.next() {
            case .end: break scanning
            case .damage(let offset, let byteCount):
                try noteDamage(segment.number, offset: offset, byteCount: byteCount)
            case .record(let record):
                switch record.kind {
                case .entries:
                    let (batch, mark) = EntryLog.decode(record)
                    var indexes: [Int] = []
                    for index in 0..<batch.count {
                        if batch.levels[index] != level.rawValue || SpoolNoteEntry.told(batch, index) != nil {
                            indexes.append(index)
                            kept[Level(rawValue: batch.levels[index]) ?? .info] += 1
                        } else if !level.isUrgent || !isAhead(segment.number) {
                            loss.add(index, of: batch)
                        }
                    }
                    guard !indexes.isEmpty || mark != nil else { continue }
                    SegmentFormat.append(
                        .entries, entryCount: indexes.count, segment: segment.number, to: &bytes
                    ) { EntryCodec.append(indexes, of: batch, mark: mark, to: &$0) }
                case .mark:
                    SegmentFormat.append(.mark, entryCount: 0, segment: segment.number, to: &bytes) {
                        $0 += record.payload
                    }
                case .sum, .batchVersion1, .stateVersion1, .batch, .state: break
                }
            }
        }
        return (bytes, kept, loss)
    }

    private static func decode(_ record: SegmentScanner.Record) -> (batch: Batch, mark: InputMark?) {
        var batch = Batch()
        var mark: InputMark?
        record.payload.withUnsafeBytes { payload in
            var reader = SpoolReader(payload)
            do throws(SpoolReader.Malformed) {
                mark = try EntryCodec.leadingMark(&reader)
                for _ in 0..<record.entryCount { try EntryCodec.readEntry(&reader, into: &batch) }
            } catch {
                // The checksum was right and the record is not: what can be read of it counts.
            }
        }
        return (batch, mark)
    }
}
