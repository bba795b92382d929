import Glibc
import LogModel

/// Makes a damaged segment whole again out of what is sound of it. Blocks that do not read are set aside and counted.
struct SegmentRepair {
    let environment: ScanEnvironment
    let view: CurrentView
    let manifest: Manifest
    let options: Options
    let isCancelled: () -> Bool

    /// Repairs what `outcome` says of `segment`.
    ///
    /// - Returns: The damages, with what was done about each.
    /// - Throws: `.io`, `.diskFull`, `.cancelled`; the segment is as it was then.
    func repair(
        _ segment: Segment, _ outcome: SegmentCheck.Outcome
    ) throws(LogError) -> [VerificationReport.Damage] {
        // Replaced since: a merge has read all of it.
        guard view.snapshot().segments.contains(where: { $0 === segment }) else {
            return marked(outcome.damages, .rebuilt)
        }
        if let copies = outcome.copies, outcome.damages.contains(where: { $0.part != .block && $0.part != .object }) {
            try putBack(copies, segment)
            let after = try SegmentCheck.run(segment, environment, isCancelled: isCancelled)
            return marked(outcome.damages, .rebuilt) + (after.damages.isEmpty ? [] : try repair(segment, after))
        }
        guard !outcome.isIncomplete else { return outcome.damages }
        guard outcome.hasDirectory, outcome.hasTemplates else { return try setAsideWhole(segment, outcome) }
        return try rewrite(segment, outcome)
    }

    private func marked(
        _ damages: [VerificationReport.Damage], _ remedy: VerificationReport.Damage.Remedy
    ) -> [VerificationReport.Damage] {
        damages.map {
            var damage = $0
            damage.remedy = remedy
            return damage
        }
    }

    /// Takes what is known of a cold segment from its object.
    private func putBack(_ copies: ColdSegmentParts, _ segment: Segment) throws(LogError) {
        let (store, record) = (environment.store, segment.record)
        var batch = WriteBatch()
        batch.put(store, .segments, KeyLayout.segmentTemplates(record.id), copies.templates)
        batch.put(store, .segments, KeyLayout.segmentDirectory(record.id), copies.directory)
        batch.put(store, .segments, KeyLayout.segmentCensus(record.id), copies.census)
        for (page, bytes) in copies.pages.enumerated() {
            let key = KeyLayout.postings(day: record.day, segment: record.id, page: UInt32(page))
            batch.put(store, .postings, key, bytes)
        }
        try store.write(batch, synced: true)
        environment.directories.remove(record.id)
    }

    /// Writes the blocks that read as a new segment, with a directory, a census and an index of its own.
    private func rewrite(
        _ segment: Segment, _ outcome: SegmentCheck.Outcome
    ) throws(LogError) -> [VerificationReport.Damage] {
        let record = segment.record
        let directory = try environment.directories.directory(of: segment)
        let gone = outcome.damagedBlocks.sorted()
        if !gone.isEmpty {
            let file = try DamagedFile(environment.store.path, segment: record.id)
            for block in gone { try file.add(environment, segment, block, directory.blocks[block]) }
            try file.finish()
        }
        let lost = gone.map { directory.blocks[$0] }
        let noted = gone.isEmpty ? [] : [SegmentRepair.note(record, lost, outcome)]
        var merger = Merger(environment: environment, manifest: manifest, options: options)
        merger.deletions = view.snapshot().deletions
        merger.damagedBlocks = [record.id: outcome.damagedBlocks]
        // What is kept in memory of its blocks is of before.
        environment.columns.remove(record.blockNumbers)
        switch try merger.merge(
            [segment], isCold: record.coldKey != nil, noting: noted, isCancelled: isCancelled)
        {
        case .merged:
            return outcome.damages.map {
                var damage = $0
                damage.remedy = damage.part == .block ? .setAside : .rebuilt
                return damage
            }
        case .damaged, .overtaken: return outcome.damages
        }
    }

    /// Takes a segment out none of whose blocks can be read, as what says how to is damaged.
    private func setAsideWhole(
        _ segment: Segment, _ outcome: SegmentCheck.Outcome
    ) throws(LogError) -> [VerificationReport.Damage] {
        let record = segment.record
        let file = try DamagedFile(environment.store.path, segment: record.id)
        try file.addAll(of: record, environment.store)
        try file.finish()
        var batch = WriteBatch()
        var note = SegmentRepair.note(record, [], outcome)
        note.blockCount = UInt64(record.blockCount)
        note.rowCount = record.rowCount
        (note.timeMin, note.timeMax) = (record.timeMin, record.timeMax)
        note.put(environment.store, in: &batch)
        try manifest.commit(adding: [], retiring: [segment], with: &batch)
        return marked(outcome.damages, .setAside)
    }

    private static func note(
        _ record: SegmentRecord, _ lost: [BlockSummary], _ outcome: SegmentCheck.Outcome
    ) -> SetAsideRecord {
        SetAsideRecord(
            segment: record.id, day: record.day, blockCount: UInt64(lost.count),
            rowCount: lost.reduce(0) { $0 + UInt64($1.rowCount) },
            timeMin: lost.map(\.timeMin).min() ?? record.timeMin, timeMax: lost.map(\.timeMax).max() ?? record.timeMax,
            moment: Timestamp.now.microseconds, reason: outcome.damages.first?.message ?? "")
    }
}
