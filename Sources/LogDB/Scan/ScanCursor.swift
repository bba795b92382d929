import LogModel

/// The work of one scan, pulled a chunk at a time. Used by one thread at a time.
///
/// Rows come out in the total order though blocks overlap in time, in bounded memory, by going through time in windows:
/// the newest window first (or the oldest), each small enough that its rows fit the scan's memory. A scan with a limit
/// has one window, and stops as soon as no block that is left can hold a row that belongs among the first.
final class ScanCursor: @unchecked Sendable {
    private let environment: ScanEnvironment
    private let request: ScanRequest
    private let order: KeyOrder
    private let filter: RowFilter
    /// Holds what the candidates read alive.
    private let view: StoreView
    private var candidates: [Candidate] = []
    private var isPrepared = false
    private let rootNode: RowFilter.Node
    private(set) var statistics = ScanStatistics()

    /// What is left of the range.
    private var rest: TimeRange
    private var remaining: Int?
    /// The current window's rows, copied, by candidate, and their order.
    private var windowRows: [Int: Rows] = [:]
    private var windowOrder: [RowReference] = []
    private var windowPosition = 0
    /// The first rows together take too much memory: they come by windows.
    private var isTopTooLarge = false
    private var start: ScanStart?
    private let cancellation = CancellationFlag()

    /// Rows of one answer to `next`.
    static let chunkRowCount = 1_024
    /// Up to this limit a scan keeps the best rows instead of going by windows.
    static let topRowCountMax = 10_001
    /// What a row in a window costs beside its bytes.
    private static let rowOverheadByteCount = 160

    init(_ environment: ScanEnvironment, _ request: ScanRequest, view: StoreView, root: RowFilter.Node? = nil) {
        self.environment = environment
        self.request = request
        self.view = view
        order = KeyOrder(order: request.order, names: environment.registry)
        filter =
            root.map { RowFilter(root: $0, names: environment.registry) }
            ?? RowFilter(request.filter, names: environment.registry)
        rootNode = filter.root
        var range = request.range
        if let after = request.after {
            // The key's own microsecond stays in: entries of the same time may come after it.
            if request.order == .newestFirst {
                let end = after.time == .max ? after.time : after.time + 1
                range.until = min(range.until, Timestamp(microseconds: end))
            } else {
                range.since = max(range.since, Timestamp(microseconds: after.time))
            }
        }
        rest = range
        remaining = request.limit.map { max($0, 0) }
    }

    /// Makes the running or next call of `next` end with `cancelled`.
    func cancel() { cancellation.cancel() }

    /// The next rows, at most `chunkRowCount`; nil at the end.
    func next() throws(LogError) -> Rows? {
        if !isPrepared {
            isPrepared = true
            guard !rest.isEmpty else { return nil }
            candidates = try environment.candidates(
                in: view, range: rest, filter: request.filter, root: rootNode, statistics: &statistics)
            sortCandidates()
            start = try ScanStart(after: request.after, in: order)
        }
        while windowPosition == windowOrder.count {
            if remaining == 0 || rest.isEmpty || candidates.isEmpty { return nil }
            try fillWindow()
        }
        if remaining == 0 { return nil }
        var rows = Rows()
        let chunkRowCount = min(ScanCursor.chunkRowCount, remaining ?? .max)
        let end = min(windowPosition + chunkRowCount, windowOrder.count)
        while windowPosition < end {
            let reference = windowOrder[windowPosition]
            rows.append(reference.row, of: windowRows[reference.candidate]!)
            windowPosition += 1
        }
        remaining = remaining.map { $0 - rows.count }
        return rows
    }

    private func checkBudget() throws(LogError) { try cancellation.check(deadline: request.deadline) }

    private func sortCandidates() {
        if request.order == .newestFirst {
            candidates.sort { $0.timeMax > $1.timeMax }
        } else {
            candidates.sort { $0.timeMin < $1.timeMin }
        }
    }

    // MARK: Windows

    private func fillWindow() throws(LogError) {
        windowRows.removeAll()
        windowOrder.removeAll()
        windowPosition = 0
        if !isTopTooLarge, let remaining, remaining <= ScanCursor.topRowCountMax {
            if try fillTop(remaining) {
                rest.until = rest.since
                return
            }
            isTopTooLarge = true
        }
        narrowRest()
        var window = chooseWindow()
        while !(try fill(window)) { window = shortened(window) }
        if request.order == .newestFirst { rest.until = window.since } else { rest.since = window.until }
        candidates.removeAll { $0.timeMax < rest.since.microseconds || $0.timeMin >= rest.until.microseconds }
    }

    /// Cuts off the parts of the range that no candidate reaches, so that what is halved holds rows.
    private func narrowRest() {
        let first = candidates.reduce(Int64.max) { min($0, $1.timeMin) }
        let last = candidates.reduce(Int64.min) { max($0, $1.timeMax) }
        rest = rest.intersection(
            TimeRange(since: Timestamp(microseconds: first), until: Timestamp(microseconds: last &+ 1)))
    }

    /// A part of the window that was too much: up to where a quarter of the rows found so far end, or, where that is no
    /// less, its half.
    private func shortened(_ window: TimeRange) -> TimeRange {
        let isNewestFirst = request.order == .newestFirst
        var times = windowOrder.map(\.key.time)
        times.sort { isNewestFirst ? $0 > $1 : $0 < $1 }
        var shorter = window
        if let bound = times.isEmpty ? nil : times[times.count / 4] {
            if isNewestFirst {
                shorter.since = Timestamp(microseconds: bound)
            } else {
                shorter.until = Timestamp(microseconds: bound + 1)
            }
            if shorter.width < window.width { return shorter }
        }
        let half = Int64(bitPattern: window.width / 2)
        if isNewestFirst {
            return TimeRange(since: Timestamp(microseconds: window.until.microseconds &- half), until: window.until)
        }
        return TimeRange(since: window.since, until: Timestamp(microseconds: window.since.microseconds &+ half))
    }

    /// The next stretch of time whose rows should fit the memory, by the summaries.
    private func chooseWindow() -> TimeRange {
        let low = rest.since.microseconds
        let high = rest.until.microseconds
        guard low < high else { return rest }
        var near: Int64
        var far: Int64
        if request.order == .newestFirst { (near, far) = (high, low) } else { (near, far) = (low, high) }
        func window(to bound: Int64) -> TimeRange {
            request.order == .newestFirst
                ? TimeRange(since: Timestamp(microseconds: bound), until: rest.until)
                : TimeRange(since: rest.since, until: Timestamp(microseconds: bound))
        }
        if estimatedByteCount(window(to: far)) <= Double(request.memoryByteCountMax) {
            return rest
        }
        // The farthest bound whose window still fits.
        while abs(Double(far) - Double(near)) > 1 {
            let middle = near / 2 + far / 2 + (near % 2 + far % 2) / 2
            if middle == near || middle == far { break }
            if estimatedByteCount(window(to: middle)) <= Double(request.memoryByteCountMax) {
                near = middle
            } else {
                far = middle
            }
        }
        let chosen = window(to: near)
        return chosen.isEmpty ? window(to: far) : chosen
    }

    private func estimatedByteCount(_ window: TimeRange) -> Double {
        var total = 0.0
        for candidate in candidates {
            let low = max(candidate.timeMin, window.since.microseconds)
            let high = min(candidate.timeMax, window.until.microseconds - 1)
            guard low <= high else { continue }
            let share =
                (Double(high) - Double(low) + 1) / (Double(candidate.timeMax) - Double(candidate.timeMin) + 1)
            let rowByteCount = Double(candidate.rawByteCount) / Double(max(candidate.rowCount, 1))
            total +=
                share * Double(candidate.rowCountMatching)
                * (rowByteCount + Double(ScanCursor.rowOverheadByteCount))
        }
        return total
    }

    /// Finds and copies the window's rows.
    ///
    /// - Returns: False when they take too much memory and the window is long enough to be halved.
    private func fill(_ window: TimeRange) throws(LogError) -> Bool {
        windowRows.removeAll()
        windowOrder.removeAll()
        let canHalve = window.width > 1
        var byteCount = 0
        for index in candidates.indices {
            let candidate = candidates[index]
            guard candidate.timeMax >= window.since.microseconds, candidate.timeMin < window.until.microseconds else {
                continue
            }
            try checkBudget()
            let before = windowOrder.count
            let isRead = try readingBlock(index) {
                () throws(LogError) in
                let (group, matching) = try evaluate(candidate, within: window)
                guard !matching.isNone else { return }
                var extractor = try RowExtractor(group, names: environment.registry)
                var rows = Rows()
                var position = 0
                try matching.forEachSet { (row) throws(LogError) in
                    try extractor.append(row, to: &rows)
                    let key = rows.keys[position]
                    position += 1
                    if try isAfterStart(key) {
                        windowOrder.append(RowReference(key: key, candidate: index, row: position - 1))
                    }
                }
                byteCount += rows.batch.byteCount + rows.count * ScanCursor.rowOverheadByteCount
                windowRows[index] = rows
                account(group)
            }
            if !isRead { windowOrder.removeLast(windowOrder.count - before) }
            if byteCount > request.memoryByteCountMax * 2 {
                if canHalve { return false }
                throw LogError(
                    .memoryBudget, "too many entries of one microsecond for the scan's memory; narrow the filter")
            }
        }
        try order.sort(&windowOrder)
        statistics.rowsMatched += windowOrder.count
        return true
    }

    // MARK: The first rows

    /// Finds and copies the first `limit` rows.
    ///
    /// - Returns: False when they take too much memory together.
    private func fillTop(_ limit: Int) throws(LogError) -> Bool {
        var best: [RowReference] = []
        var groups: [Int: RowGroup] = [:]
        var decodedByteCount = 0
        for index in candidates.indices {
            let candidate = candidates[index]
            if best.count >= limit, isPast(candidate, best[limit - 1].key.time) { break }
            try checkBudget()
            try readingBlock(index) {
                () throws(LogError) in
                let (group, matching) = try evaluate(candidate, within: rest)
                defer { account(group) }
                guard !matching.isNone else { return }
                let threshold = best.count >= limit ? best[limit - 1].key.time : nil
                if try append(matching, of: group, candidate: index, beyond: threshold, to: &best) {
                    try order.sort(&best)
                    if best.count > limit { best.removeLast(best.count - limit) }
                    if decodedByteCount < request.memoryByteCountMax / 2 {
                        groups[index] = group
                        decodedByteCount += group.bytesDecoded
                    }
                }
            }
        }
        // Rows are copied a candidate at a time, so that one decoded block is held and not all.
        var positions: [Int: [Int]] = [:]
        for (position, reference) in best.enumerated() { positions[reference.candidate, default: []].append(position) }
        windowOrder = best
        var lost: Set<Int> = []
        var byteCount = 0
        for (index, members) in positions {
            try checkBudget()
            let isRead = try readingBlock(index) {
                () throws(LogError) in
                var kept = groups.removeValue(forKey: index)
                if kept == nil { kept = try environment.open(candidates[index]) }
                let group = kept!
                let before = (group.bytesDecoded, group.bytesFetched)
                var extractor = try RowExtractor(group, names: environment.registry)
                var rows = Rows()
                for (copied, position) in members.enumerated() {
                    try extractor.append(best[position].row, to: &rows)
                    windowOrder[position].row = copied
                }
                windowRows[index] = rows
                byteCount += rows.batch.byteCount
                statistics.bytesDecompressed += group.bytesDecoded - before.0
                statistics.bytesFetched += group.bytesFetched - before.1
            }
            if !isRead { lost.insert(index) }
            if byteCount > request.memoryByteCountMax * 2 {
                windowRows.removeAll()
                windowOrder.removeAll()
                return false
            }
        }
        if !lost.isEmpty { windowOrder.removeAll { lost.contains($0.candidate) } }
        statistics.rowsMatched += windowOrder.count
        return true
    }

    /// Whether no row of the candidate can stand before one at `time`.
    private func isPast(_ candidate: Candidate, _ time: Int64) -> Bool {
        request.order == .newestFirst ? candidate.timeMax < time : candidate.timeMin > time
    }

    /// Appends the rows that are not past `threshold`.
    ///
    /// - Returns: Whether there were any.
    private func append(
        _ matching: Bitmap, of group: RowGroup, candidate: Int, beyond threshold: Int64?, to best: inout [RowReference]
    ) throws(LogError) -> Bool {
        let times = try group.times()
        var matching = matching
        if let threshold {
            var near = Bitmap(count: matching.count)
            let isNewestFirst = request.order == .newestFirst
            matching.forEachSet { if isNewestFirst ? times[$0] >= threshold : times[$0] <= threshold { near.set($0) } }
            matching = near
            if matching.isNone { return false }
        }
        let sequences = try group.sequences()
        let runs = try group.streams()
        var run = 0
        var namedRun = -1
        var found: [RowReference] = []
        try matching.forEachSet { (row) throws(LogError) in
            while !runs[run].rows.contains(row) { run += 1 }
            if run != namedRun {
                // A stream without a name is found out here, before the order needs it.
                _ = try environment.registry.deviceName(runs[run].device)
                _ = try environment.registry.sessionName(runs[run].session)
                namedRun = run
            }
            let key = EntryKey(
                time: times[row], device: runs[run].device, session: runs[run].session,
                sequence: UInt64(bitPattern: sequences[row]))
            if try isAfterStart(key) { found.append(RowReference(key: key, candidate: candidate, row: row)) }
        }
        best += found
        return !found.isEmpty
    }

    // MARK: One candidate

    /// The candidate's rows in `window` that pass the filter.
    private func evaluate(
        _ candidate: Candidate, within window: TimeRange
    ) throws(LogError) -> (RowGroup, Bitmap) {
        let group = try environment.open(candidate)
        var rows = Bitmap(count: group.rowCount, all: true)
        if candidate.timeMin < window.since.microseconds || candidate.timeMax >= window.until.microseconds {
            rows = RowFilter.rows(rows, of: try group.times(), within: window)
        }
        statistics.rowsScanned += candidate.isWholly ? 0 : rows.setCount
        if !candidate.isWholly { rows = try filter.evaluate(group, rows) }
        return (group, rows)
    }

    private func isAfterStart(_ key: EntryKey) throws(LogError) -> Bool { try start!.precedes(key) }

    private func account(_ group: RowGroup) {
        statistics.blocksRead += 1
        statistics.bytesDecompressed += group.bytesDecoded
        statistics.bytesFetched += group.bytesFetched
    }

    /// Runs `body` for a candidate; a block whose bytes are damaged is counted and from then on passed over, so that the
    /// rest is still answered.
    ///
    /// - Returns: Whether the block was read.
    @discardableResult
    private func readingBlock(_ index: Int, _ body: () throws(LogError) -> Void) throws(LogError) -> Bool {
        if candidates[index].isDamaged { return false }
        do throws(LogError) {
            try body()
            return true
        } catch {
            guard error.code == .corruption else { throw error }
            statistics.blocksDamaged += 1
            candidates[index].isDamaged = true
            return false
        }
    }
}

extension TimeRange {
    /// Microseconds from the start to the end, which may be more than an `Int64` holds.
    fileprivate var width: UInt64 { UInt64(bitPattern: until.microseconds &- since.microseconds) }
}
