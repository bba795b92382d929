import LogModel

/// A group of rows that a scan may have to read, before it is read.
struct Candidate: Sendable {
    enum Origin: Sendable {
        case head(Head.Part)
        case block(Segment, index: Int)
    }

    var origin: Origin
    var timeMin: Int64
    var timeMax: Int64
    var rowCount: Int
    /// Rows that may pass, by the summary: never fewer than do.
    var rowCountMatching: Int
    /// Bytes of text and numbers in the rows, decoded.
    var rawByteCount: Int
    /// The summary alone says that every row passes the filter and lies in the range.
    var isWholly: Bool
    /// Its bytes turned out to be damaged.
    var isDamaged = false
}

/// What the scans of a store share.
struct ScanEnvironment: Sendable {
    let store: RocksStore
    let directories: SegmentCache
    let registry: StreamRegistry
    let columns: BlockColumnCache
    let cold: ColdStore

    /// Where the columns of a segment's block are.
    ///
    /// - Parameter index: The block's place in the directory, whose summary of it is `block`.
    func source(of segment: Segment, block index: Int, _ block: BlockSummary) -> any ColumnSource {
        guard segment.record.coldKey != nil else {
            return HotColumnSource(store: store, directories: directories, segment: segment, key: block.key)
        }
        return ColdColumnSource(cold: cold, directories: directories, segment: segment, index: index, summary: block)
    }

    /// Opens a candidate's rows.
    ///
    /// - Parameter isKept: Whether what is decoded of a block stays for the next scan.
    func open(_ candidate: Candidate, isKept: Bool = false) throws(LogError) -> RowGroup {
        switch candidate.origin {
        case .head(let part):
            return part.makeRowGroup()
        case .block(let segment, let index):
            let directory = try directories.directory(of: segment)
            let summary = directory.blocks[index]
            return BlockRowGroup(
                summary, strings: directory.strings,
                source: source(of: segment, block: index, summary), cache: columns, isKept: isKept)
        }
    }

    /// The groups of `view` that may hold rows of the filter in the range, found from summaries and the index.
    ///
    /// - Parameter top: Where only the first rows are wanted: groups that cannot have any of them are left out, as if
    ///   they were out of the range.
    func candidates(
        in view: StoreView, range: TimeRange, filter: Filter, root: RowFilter.Node, top: TopBound? = nil,
        statistics: inout ScanStatistics
    ) throws(LogError) -> [Candidate] {
        var top = top
        var found: [Candidate] = []
        for head in view.heads {
            for part in head.parts(before: view.sequenceEnd) where part.counts.rows > 0 {
                statistics.blocksTotal += 1
                guard part.timeMax >= range.since.microseconds, part.timeMin < range.until.microseconds else {
                    statistics.blocksPrunedByTime += 1
                    continue
                }
                found.append(
                    Candidate(
                        origin: .head(part), timeMin: part.timeMin, timeMax: part.timeMax, rowCount: part.counts.rows,
                        rowCountMatching: part.counts.rows, rawByteCount: part.counts.rows * 200, isWholly: false))
            }
        }
        var pruner = try BlockPruner(filter, root: root, registry: registry)
        let words = WordIndexQuery(filter)
        for segment in top?.sorted(view.segments) ?? view.segments {
            statistics.blocksTotal += segment.record.blockCount
            guard segment.record.overlaps(range),
                top?.mayReach(timeMin: segment.record.timeMin, timeMax: segment.record.timeMax) ?? true
            else {
                statistics.blocksPrunedByTime += segment.record.blockCount
                continue
            }
            if pruner.isRuledOutByLevel(segment.record.levelCounts.map { UInt32(clamping: $0) }) {
                statistics.blocksPrunedByLevel += segment.record.blockCount
                continue
            }
            guard let directory = try readable(segment) else {
                statistics.blocksDamaged += segment.record.blockCount
                continue
            }
            let first = found.count
            directory.blocks.withUnsafeBufferPointer { blocks in
                for index in blocks.indices {
                    // Looked at where it lies: a copy of a summary counts four references.
                    let block = blocks.baseAddress! + index
                    guard block.pointee.overlaps(range),
                        top?.mayReach(timeMin: block.pointee.timeMin, timeMax: block.pointee.timeMax) ?? true
                    else {
                        statistics.blocksPrunedByTime += 1
                        continue
                    }
                    let verdict = pruner.verdict(block, strings: directory.strings, &statistics)
                    if verdict == .none { continue }
                    found.append(
                        Candidate(
                            origin: .block(segment, index: index), timeMin: block.pointee.timeMin,
                            timeMax: block.pointee.timeMax, rowCount: block.pointee.rowCount,
                            rowCountMatching: pruner.rowCountMax(block.pointee.levelCounts),
                            rawByteCount: block.pointee.rawByteCount,
                            isWholly: verdict == .all && block.pointee.isWithin(range)))
                    top?.add(found[found.count - 1])
                }
            }
            if words != .unconstrained, found.count > first {
                let blocks = try self.blocks(of: segment, holding: words)
                let before = found.count
                let kept = found[first...].filter { candidate in
                    if case .block(_, let index) = candidate.origin { blocks[index] } else { true }
                }
                found.replaceSubrange(first..., with: kept)
                statistics.blocksPrunedByIndex += before - found.count
            }
        }
        if let bound = top { found.removeAll { !bound.mayReach(timeMin: $0.timeMin, timeMax: $0.timeMax) } }
        return found
    }

    /// The segment's directory; nil when its bytes are damaged, so that none of its blocks is found.
    private func readable(_ segment: Segment) throws(LogError) -> SegmentDirectory? {
        do throws(LogError) {
            return try directories.directory(of: segment)
        } catch {
            guard error.code == .corruption else { throw error }
            return nil
        }
    }

    /// The blocks of a segment that the index does not rule out. A damaged index rules out none: the text decides.
    private func blocks(of segment: Segment, holding words: WordIndexQuery) throws(LogError) -> Bitmap {
        let record = segment.record
        let pageBits = max(Int(record.postingPageCount), 1).trailingZeroBitCount
        let reader = WordIndexReader(
            pageBits: pageBits, blockCount: record.blockCount, location: "segment \(record.id)"
        ) { (page) throws(LogError) -> [UInt8] in
            let key = KeyLayout.postings(day: record.day, segment: record.id, page: UInt32(page))
            guard let bytes = try store.value(.postings, key) else {
                throw LogError(.corruption, "a page of the word index is missing", location: "segment \(record.id)")
            }
            return bytes
        }
        do throws(LogError) {
            return try words.blocks(in: reader)
        } catch {
            guard error.code == .corruption else { throw error }
            return Bitmap(count: record.blockCount, all: true)
        }
    }
}
