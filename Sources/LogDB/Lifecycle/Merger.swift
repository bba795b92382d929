import Glibc
import LogModel

/// Rewrites several segments of one day as one: rows of a stream come together, blocks fill up, the columns are
/// compressed harder and the index is built anew. Deleted rows are left out.
struct Merger {
    let environment: ScanEnvironment
    let manifest: Manifest
    let options: Options
    /// Whose entries are not written again.
    var deletions: [ActiveDeletion] = []
    /// Blocks that do not read, by their place in the directory of a segment: they are not written again.
    var damagedBlocks: [UInt64: Set<Int>] = [:]

    enum Outcome {
        case merged
        /// One of the segments expired meanwhile. Nothing is changed.
        case overtaken
        /// Bytes of the segment are damaged. Nothing is changed: the others can be merged without it.
        case damaged(Segment, LogError)
    }

    /// Merges `segments` and replaces them in one commit. A crash before it leaves them as they were.
    ///
    /// - Parameters:
    ///   - isCold: Whether the new segment's columns go to the cold tier.
    ///   - noted: Goes into the commit.
    ///   - isCancelled: Asked between blocks; true ends the merge with `.cancelled` and changes nothing.
    func merge(
        _ segments: [Segment], isCold: Bool = false, noting noted: [SetAsideRecord] = [], isCancelled: () -> Bool
    ) throws(LogError) -> Outcome {
        let rowCount = segments.reduce(0) { $0 + $1.record.rowCount }
        let record = try manifest.begin(
            day: segments[0].record.day, blockCountMax: rowCount, isCold: isCold)
        FailPoint.mergeBegun.reached()
        let merged: SegmentRecord
        var sieve = try DeletionSieve(deletions, registry: environment.registry)
        do throws(MergeFailure) {
            merged = try write(segments, as: record, leavingOut: &sieve, isCancelled: isCancelled)
        } catch {
            manifest.abandon(record)
            guard error.error.code == .corruption, let segment = error.segment else { throw error.error }
            return .damaged(segment, error.error)
        }
        // From here on the old segments are gone with the commit: what stands in their place has been read back.
        let isReplaced = try manifest.replacing(segments) { () throws(LogError) in
            var batch = WriteBatch()
            try sieve.count(environment.store, in: &batch)
            for record in noted { record.put(environment.store, in: &batch) }
            (isCold ? FailPoint.tierWritten : .mergeWritten).reached()
            try manifest.commit(adding: merged.rowCount > 0 ? [merged] : [], retiring: segments, with: &batch)
            (isCold ? FailPoint.tierCommitted : .mergeCommitted).reached()
        }
        if !isReplaced || merged.rowCount == 0 { manifest.abandon(record) }
        return isReplaced ? .merged : .overtaken
    }

    /// Writes the blocks, the directory and the index of the new segment.
    private func write(
        _ segments: [Segment], as record: SegmentRecord, leavingOut sieve: inout DeletionSieve,
        isCancelled: () -> Bool
    ) throws(MergeFailure) -> SegmentRecord {
        let file = try MergeFailure.naming(nil) { () throws(LogError) in
            try record.coldKey.map { (key) throws(LogError) in
                try environment.cold.makeDraft(key)
            }
        }
        defer { if let file { unlink(file.path) } }
        let writer = SegmentWriter(
            environment.store, record: record, level: file == nil ? options.mergeLevel : options.coldLevel, file: file)
        var blockOptions = options
        if file != nil { blockOptions.blockRowCountMax = options.coldBlockRowCountMax }
        var assembler = BlockAssembler(
            writer, options: blockOptions, rowCount: segments.reduce(0) { $0 + $1.record.rowCount },
            byteCount: segments.reduce(0) { $0 + $1.record.rawByteCount })
        var cursors: [SegmentCursor] = []
        for segment in segments {
            var cursor = SegmentCursor(
                segment, environment: environment, leavingOut: damagedBlocks[segment.record.id] ?? [])
            let isOpen = try MergeFailure.naming(segment) { () throws(LogError) in try cursor.openNext(&sieve) }
            if isOpen { cursors.append(cursor) }
        }
        while !cursors.isEmpty {
            if isCancelled() { throw MergeFailure(error: LogError(.cancelled, "the merge was cancelled")) }
            // The cursor that stands first gives all its rows of the stream that come before the others' next.
            var first = 0
            for index in cursors.indices.dropFirst() where cursors[index].key.precedes(cursors[first].key) {
                first = index
            }
            var bound: MergeKey?
            for index in cursors.indices where index != first {
                if bound.map({ cursors[index].key.precedes($0) }) ?? true { bound = cursors[index].key }
            }
            let start = cursors[first].row
            let stream = cursors[first].stream
            var isAtBlockEnd = false
            repeat {
                isAtBlockEnd = !cursors[first].advance()
            } while !isAtBlockEnd && cursors[first].stream == stream
                && (bound.map { cursors[first].key.precedes($0) } ?? true)
            let isAtEnd = try MergeFailure.naming(cursors[first].segment) { () throws(LogError) in
                try cursors[first].forEachKept(start..<cursors[first].row) { (rows, group) throws(LogError) in
                    try assembler.append(rows, of: group, stream: stream)
                }
                return isAtBlockEnd ? !(try cursors[first].openNext(&sieve)) : false
            }
            if isAtEnd { cursors.remove(at: first) }
        }
        return try MergeFailure.naming(nil) { () throws(LogError) in
            try assembler.finish()
            let finished = try writer.finish()
            if let file, let key = finished.coldKey, finished.rowCount > 0 {
                FailPoint.tierDrafted.reached()
                try environment.cold.put(key, fileAt: file.path)
                FailPoint.tierStored.reached()
                try environment.cold.verify(key, byteCount: file.byteCount, hash: writer.hash)
            }
            return finished
        }
    }
}

/// Why a merge wrote nothing, and which segment it was reading.
private struct MergeFailure: Error {
    var error: LogError
    var segment: Segment?

    static func naming<R>(_ segment: Segment?, _ body: () throws(LogError) -> R) throws(MergeFailure) -> R {
        do throws(LogError) { return try body() } catch { throw MergeFailure(error: error, segment: segment) }
    }
}

/// The order of rows within a segment.
struct MergeKey {
    var device: UInt32
    var session: UInt64
    var time: Int64
    var sequence: UInt64

    @inline(__always)
    func precedes(_ other: MergeKey) -> Bool {
        if device != other.device { return device < other.device }
        if session != other.session { return session < other.session }
        if time != other.time { return time < other.time }
        return sequence < other.sequence
    }
}

/// Walks a segment's rows in their order.
private struct SegmentCursor {
    let segment: Segment
    private let environment: ScanEnvironment
    private let damagedBlocks: Set<Int>
    private var block = 0
    private(set) var group: RowGroup?
    private(set) var row = 0
    private var times = UnsafeBufferPointer<Int64>(start: nil, count: 0)
    private var sequences = UnsafeBufferPointer<Int64>(start: nil, count: 0)
    private var runs: [StreamRun] = []
    private var run = 0
    /// The block's rows that are not deleted; nil for all.
    private var kept: Bitmap?

    init(_ segment: Segment, environment: ScanEnvironment, leavingOut damagedBlocks: Set<Int>) {
        self.segment = segment
        self.damagedBlocks = damagedBlocks
        self.environment = environment
    }

    var key: MergeKey {
        MergeKey(
            device: runs[run].device, session: runs[run].session, time: times[row],
            sequence: UInt64(bitPattern: sequences[row]))
    }

    var stream: ResolvedStream { ResolvedStream(device: runs[run].device, session: runs[run].session) }

    /// Opens the next block.
    ///
    /// - Returns: False when there is none.
    mutating func openNext(_ sieve: inout DeletionSieve) throws(LogError) -> Bool {
        let directory = try environment.directories.directory(of: segment)
        while damagedBlocks.contains(block) { block += 1 }
        guard block < directory.blocks.count else {
            group = nil
            return false
        }
        let summary = directory.blocks[block]
        let opened = BlockRowGroup(
            summary, strings: directory.strings,
            source: environment.source(of: segment, block: block, summary))
        times = try opened.times()
        sequences = try opened.sequences()
        runs = try opened.streams()
        run = 0
        row = 0
        group = opened
        kept = try sieve.kept(opened, directory, block)
        block += 1
        return true
    }

    /// Calls `body` with those of the block's `rows` that are not deleted, as runs.
    func forEachKept(
        _ rows: Range<Int>, _ body: (Range<Int>, RowGroup) throws(LogError) -> Void
    ) throws(LogError) {
        guard let group else { return }
        guard let kept else { return try body(rows, group) }
        var next = rows.lowerBound
        while let start = kept.firstSet(from: next), start < rows.upperBound {
            var end = start + 1
            while end < rows.upperBound, kept[end] { end += 1 }
            try body(start..<end, group)
            next = end
        }
    }

    /// Moves to the block's next row.
    ///
    /// - Returns: False at its end.
    mutating func advance() -> Bool {
        row += 1
        guard row < times.count else { return false }
        if row >= runs[run].rows.upperBound { run += 1 }
        return true
    }
}
