import LogModel

/// Reads all of a segment from the disk and holds its parts against each other: record, directory, templates, census, index,
/// every column of every block, and the object of a cold one.
final class SegmentCheck {
    /// What was found, and what a repair has to know of it.
    struct Outcome: Sendable {
        var damages: [VerificationReport.Damage] = []
        /// Blocks, by their place in the directory, whose bytes are damaged. Where directory or templates are, none is read.
        var damagedBlocks: Set<Int> = []
        /// Something could not be had just now, such as an object of a tier that cannot be reached: no sign of damage, and
        /// nothing to be repaired.
        var isIncomplete = false
        var hasDirectory = true
        var hasTemplates = true
        /// Copies in the object of a cold segment, where that is sound.
        var copies: ColdSegmentParts?
        var blockCount = 0
        var entryCount: UInt64 = 0
    }

    private let environment: ScanEnvironment
    private let segment: Segment
    private let isCancelled: () -> Bool
    private var outcome = Outcome()

    private var record: SegmentRecord { segment.record }
    private var location: String { "segment \(record.id)" }

    /// - Parameter isCancelled: Asked before each block; true ends the check with `.cancelled`.
    static func run(
        _ segment: Segment, _ environment: ScanEnvironment, isCancelled: @escaping () -> Bool
    ) throws(LogError) -> Outcome {
        let check = SegmentCheck(environment: environment, segment: segment, isCancelled: isCancelled)
        try check.run()
        return check.outcome
    }

    private init(environment: ScanEnvironment, segment: Segment, isCancelled: @escaping () -> Bool) {
        self.environment = environment
        self.segment = segment
        self.isCancelled = isCancelled
    }

    private func run() throws(LogError) {
        try checkObject()
        let id = record.id
        let directory = try stored(.directory, KeyLayout.segmentDirectory(id), copy: outcome.copies?.directory) {
            (bytes) throws(LogError) in try SegmentDirectory.decode(bytes, segment: id)
        }
        let templates = try stored(.templates, KeyLayout.segmentTemplates(id), copy: outcome.copies?.templates) {
            (bytes) throws(LogError) in try MessageTemplates.decode(bytes, segment: id)
        }
        let day = record.day
        let census = try stored(.census, KeyLayout.segmentCensus(id), copy: outcome.copies?.census) {
            (bytes) throws(LogError) in try SegmentCensus.decode(bytes, day: day, segment: id)
        }
        outcome.hasDirectory = directory != nil
        outcome.hasTemplates = templates != nil
        var index = IndexCheck(environment.store, record)
        let indexIsWhole = try attempt(.index, "index of segment \(id)") { () throws(LogError) in
            if let damage = try index.damage() { throw LogError(.corruption, damage) }
        }
        guard let directory, let templates else { return }
        if let message = contradiction(directory) { add(.directory, location, message) }

        var blocks = BlockCheck(day: day, templates: templates)
        for (number, summary) in directory.blocks.enumerated() {
            if isCancelled() { throw LogError(.cancelled, "the store is closing") }
            let group = open(number, summary, directory, templates)
            let isRead = try attempt(.block, summary.key.location, entryCount: UInt64(summary.rowCount)) {
                () throws(LogError) in
                if let message = try blocks.check(group, summary, strings: directory.strings) {
                    add(.directory, summary.key.location, message)
                }
            }
            outcome.blockCount += 1
            if isRead {
                outcome.entryCount += UInt64(summary.rowCount)
                index.add(blocks.words, block: number)
            } else if !outcome.isIncomplete {
                outcome.damagedBlocks.insert(number)
            }
        }
        // Of what does not read nothing can be said.
        guard outcome.damagedBlocks.isEmpty, !outcome.isIncomplete else { return }
        if let census, let message = blocks.contradiction(of: census) { add(.census, location, message) }
        if !blocks.agreesWithTemplates {
            add(.templates, location, "the rows of the templates are not those of the blocks")
        }
        guard indexIsWhole, record.blockCount == directory.blocks.count else { return }
        _ = try attempt(.index, "index of segment \(id)") { () throws(LogError) in
            let message = try index.contradiction { (number) throws(LogError) in
                let summary = directory.blocks[number]
                _ = try blocks.check(
                    open(number, summary, directory, templates), summary, strings: directory.strings)
                return blocks.words
            }
            if let message { throw LogError(.corruption, message) }
        }
    }

    private func open(
        _ number: Int, _ summary: BlockSummary, _ directory: SegmentDirectory, _ templates: MessageTemplates
    ) -> BlockRowGroup {
        let columns = environment.source(of: segment, block: number, summary)
        return BlockRowGroup(
            summary, strings: directory.strings, source: KnownTemplatesSource(columns: columns, known: templates))
    }

    /// Reads one of the values that describe the segment.
    ///
    /// - Parameter copy: What the segment's object has for it.
    /// - Returns: Nil where it does not read, which is noted.
    private func stored<Value>(
        _ part: VerificationReport.Damage.Part, _ key: [UInt8], copy: [UInt8]?,
        _ decode: (UnsafeRawBufferPointer) throws(LogError) -> Value
    ) throws(LogError) -> Value? {
        var value: Value?
        // Without them no block of the segment reads.
        let entryCount = part == .census || copy != nil ? 0 : record.rowCount
        let store = environment.store
        var differs = false
        _ = try attempt(part, "\(part.rawValue) of segment \(record.id)", entryCount: entryCount) {
            () throws(LogError) in
            value = try store.withValue(.segments, key) { (bytes) throws(LogError) in
                guard let bytes else { throw LogError(.corruption, "it is missing") }
                differs = copy.map { !bytes.elementsEqual($0) } ?? false
                return try decode(bytes)
            }
        }
        if value != nil, differs {
            add(.object, record.coldKey ?? location, "its copy of the segment's \(part.rawValue) is another")
        }
        return value
    }

    private func checkObject() throws(LogError) {
        guard let key = record.coldKey else { return }
        let cold = environment.cold
        let byteCount = record.coldByteCount
        var parts: ColdSegmentParts?
        _ = try attempt(.object, key) { () throws(LogError) in
            parts = try ColdSegmentParts.read(cold, key, byteCount: byteCount)
        }
        guard let parts else { return }
        // Its size is known only when it is written.
        var expected = record
        expected.coldByteCount = parts.record.coldByteCount
        expected.state = parts.record.state
        guard parts.record == expected else {
            return add(.object, key, "it is of another segment")
        }
        outcome.copies = parts
    }

    private func contradiction(_ directory: SegmentDirectory) -> String? {
        let blocks = directory.blocks
        if blocks.count != record.blockCount { return "it lists \(blocks.count) blocks, of \(record.blockCount)" }
        if blocks.reduce(0, { $0 + UInt64($1.rowCount) }) != record.rowCount {
            return "its blocks do not add up to the \(record.rowCount) entries of the segment"
        }
        var levelCounts = record.levelCounts.map { _ in UInt64(0) }
        for block in blocks {
            guard block.key.day == record.day, record.blockNumbers.contains(block.key.number) else {
                return "it lists a block that is not of the segment"
            }
            for (level, count) in block.levelCounts.enumerated() { levelCounts[level] += UInt64(count) }
        }
        if levelCounts != record.levelCounts { return "its blocks have other levels than the segment" }
        if blocks.map(\.timeMin).min() ?? .max != record.timeMin
            || blocks.map(\.timeMax).max() ?? .min != record.timeMax
        {
            return "its blocks have other times than the segment"
        }
        return nil
    }

    // MARK: Noting

    private func add(
        _ part: VerificationReport.Damage.Part, _ location: String, _ message: String, entryCount: UInt64 = 0
    ) {
        outcome.damages.append(.init(part, location, message, entryCount: entryCount))
    }

    /// Runs `body` and notes the damage that it meets.
    ///
    /// - Returns: Whether there was none.
    private func attempt(
        _ part: VerificationReport.Damage.Part, _ location: String, entryCount: UInt64 = 0,
        _ body: () throws(LogError) -> Void
    ) throws(LogError) -> Bool {
        do throws(LogError) {
            try body()
            return true
        } catch {
            guard error.isDamage else { throw error }
            if error.code != .corruption { outcome.isIncomplete = true }
            let place = error.location.map { $0 == location ? "" : " (\($0))" } ?? ""
            add(part, location, error.message + place, entryCount: entryCount)
            return false
        }
    }
}

extension LogError {
    /// Whether something that is stored does not read; other errors say nothing about it.
    var isDamage: Bool { [.corruption, .io, .unreachable].contains(code) }
}
