import LogModel

/// Reads the candidates of one scan, several threads at a time: each works with a filter of its own.
final class CandidateReader: @unchecked Sendable {
    let environment: ScanEnvironment
    private let request: ScanRequest
    private let start: ScanStart
    private let cancellation: CancellationFlag
    /// By worker; each is used by that one alone.
    private let filters: [RowFilter]

    /// - Parameter makeFilter: Called for each worker.
    init(
        _ environment: ScanEnvironment, _ request: ScanRequest, start: ScanStart, cancellation: CancellationFlag,
        workerCount: Int, makeFilter: () -> RowFilter
    ) {
        self.environment = environment
        self.request = request
        self.start = start
        self.cancellation = cancellation
        filters = (0..<max(workerCount, 1)).map { _ in makeFilter() }
    }

    /// What came of one candidate.
    struct Result {
        var statistics = ScanStatistics()
        /// Its bytes turned out to be damaged: nothing was found.
        var isDamaged = false
        /// The open group, for rows that are copied later.
        var group: RowGroup?
        /// The rows found, by their place in the group, or in `rows` where those were copied.
        var references: [RowReference] = []
        var rows = Rows()
    }

    /// Finds the candidate's rows in `window` that pass the filter.
    ///
    /// - Parameters:
    ///   - threshold: Rows past this time are not asked for.
    ///   - isKept: Whether what is decoded stays for the next scan.
    func find(
        _ candidate: Candidate, index: Int, within window: TimeRange, beyond threshold: Int64?, isKept: Bool,
        worker: Int
    ) throws(LogError) -> Result {
        try reading { (result) throws(LogError) in
            let (group, matching) = try evaluate(candidate, within: window, isKept: isKept, worker, &result)
            result.group = group
            defer { account(group, &result) }
            guard !matching.isNone else { return }
            result.references = try references(matching, of: group, candidate: index, beyond: threshold)
        }
    }

    /// Finds the candidate's rows in `window` and copies them.
    func copy(_ candidate: Candidate, index: Int, within window: TimeRange, worker: Int) throws(LogError) -> Result {
        try reading { (result) throws(LogError) in
            // A block that reaches into the next window is read again for that.
            let isShared =
                candidate.timeMin < window.since.microseconds || candidate.timeMax >= window.until.microseconds
            let (group, matching) = try evaluate(candidate, within: window, isKept: isShared, worker, &result)
            defer { account(group, &result) }
            guard !matching.isNone else { return }
            var rows: [Int] = []
            rows.reserveCapacity(matching.setCount)
            matching.forEachSet { rows.append($0) }
            let extractor = RowExtractor(group, names: environment.registry, fields: request.fields)
            try extractor.append(rows, to: &result.rows)
            for position in 0..<result.rows.count {
                let key = result.rows.keys[position]
                let isAsked = try start.precedes(key)
                if isAsked { result.references.append(RowReference(key: key, candidate: index, row: position)) }
            }
        }
    }

    /// Copies rows of the candidate.
    ///
    /// - Parameter group: The candidate's, when it is still open.
    func copy(_ rows: [Int], of candidate: Candidate, group: RowGroup?) throws(LogError) -> Result {
        try reading { (result) throws(LogError) in
            var kept = group
            if kept == nil { kept = try environment.open(candidate) }
            let opened = kept!
            let (decoded, fetched) = (opened.bytesDecoded, opened.bytesFetched)
            let coldFetched = opened.coldBytesFetched
            let extractor = RowExtractor(opened, names: environment.registry, fields: request.fields)
            try extractor.append(rows, to: &result.rows)
            result.statistics.bytesDecompressed += opened.bytesDecoded - decoded
            result.statistics.bytesFetched += opened.bytesFetched - fetched
            result.statistics.addCold(of: opened, after: coldFetched)
        }
    }

    /// A block whose bytes are damaged is counted, so that the rest is still answered.
    private func reading(_ body: (inout Result) throws(LogError) -> Void) throws(LogError) -> Result {
        try cancellation.check(deadline: request.deadline)
        var result = Result()
        do throws(LogError) {
            try body(&result)
            return result
        } catch {
            guard error.concernsSomeBytes else { throw error }
            var damaged = Result()
            damaged.isDamaged = true
            damaged.statistics.blocksDamaged = 1
            return damaged
        }
    }

    private func evaluate(
        _ candidate: Candidate, within window: TimeRange, isKept: Bool, _ worker: Int, _ result: inout Result
    ) throws(LogError) -> (RowGroup, Bitmap) {
        let group = try environment.open(candidate, isKept: isKept)
        var rows = Bitmap(count: group.rowCount, all: true)
        if candidate.timeMin < window.since.microseconds || candidate.timeMax >= window.until.microseconds {
            rows = RowFilter.rows(rows, of: try group.times(), within: window)
        }
        if !candidate.isWholly {
            result.statistics.rowsScanned += rows.setCount
            rows = try filters[worker].evaluate(group, rows)
        }
        return (group, rows)
    }

    private func account(_ group: RowGroup, _ result: inout Result) {
        result.statistics.blocksRead += 1
        result.statistics.bytesDecompressed += group.bytesDecoded
        result.statistics.bytesFetched += group.bytesFetched
        result.statistics.addCold(of: group)
    }

    private func references(
        _ matching: Bitmap, of group: RowGroup, candidate: Int, beyond threshold: Int64?
    ) throws(LogError) -> [RowReference] {
        let times = try group.times()
        var matching = matching
        if let threshold {
            var near = Bitmap(count: matching.count)
            let isNewestFirst = request.order == .newestFirst
            matching.forEachSet { if isNewestFirst ? times[$0] >= threshold : times[$0] <= threshold { near.set($0) } }
            matching = near
            if matching.isNone { return [] }
        }
        var rows: [Int] = []
        matching.forEachSet { rows.append($0) }
        let sequences = try group.sequences(of: rows)
        let runs = try group.streams()
        var run = 0
        var namedRun = -1
        var found: [RowReference] = []
        for (place, row) in rows.enumerated() {
            while !runs[run].rows.contains(row) { run += 1 }
            if run != namedRun {
                // A stream without a name is found out here, before the order needs it.
                _ = try environment.registry.deviceName(runs[run].device)
                _ = try environment.registry.sessionName(runs[run].session)
                namedRun = run
            }
            let key = EntryKey(
                time: times[row], device: runs[run].device, session: runs[run].session,
                sequence: UInt64(bitPattern: sequences[place]))
            if try start.precedes(key) { found.append(RowReference(key: key, candidate: candidate, row: row)) }
        }
        return found
    }
}

extension ScanStatistics {
    /// Adds what a group has had to fetch from the cold tier.
    ///
    /// - Parameter before: What of it was added already.
    mutating func addCold(of group: RowGroup, after before: Int = 0) {
        let byteCount = group.coldBytesFetched - before
        guard byteCount > 0, let segment = group.coldSegment else { return }
        coldBytesFetched += byteCount
        coldSegments.insert(segment)
    }

    static func += (left: inout ScanStatistics, right: ScanStatistics) {
        left.blocksTotal += right.blocksTotal
        left.blocksPrunedByTime += right.blocksPrunedByTime
        left.blocksPrunedByStream += right.blocksPrunedByStream
        left.blocksPrunedByLevel += right.blocksPrunedByLevel
        left.blocksPrunedByMetadata += right.blocksPrunedByMetadata
        left.blocksPrunedByIndex += right.blocksPrunedByIndex
        left.blocksRead += right.blocksRead
        left.blocksAnsweredByMetadata += right.blocksAnsweredByMetadata
        left.rowsScanned += right.rowsScanned
        left.rowsMatched += right.rowsMatched
        left.bytesDecompressed += right.bytesDecompressed
        left.bytesFetched += right.bytesFetched
        left.coldBytesFetched += right.coldBytesFetched
        left.coldSegments.formUnion(right.coldSegments)
        left.blocksDamaged += right.blocksDamaged
    }
}
