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
    private let makeFilter: () -> RowFilter
    private let work: ParallelWork
    /// Holds what the candidates read alive.
    private let view: StoreView
    private var candidates: [Candidate] = []
    private var isPrepared = false
    private let rootNode: RowFilter.Node
    private(set) var statistics = ScanStatistics()

    /// What is left of the range.
    private var rest: TimeRange
    private var remaining: Int?
    /// The current window's rows, copied, and their order.
    private var windowRows = WindowRows()
    private var windowOrder: [RowReference] = []
    private var windowPosition = 0
    /// The first rows together take too much memory: they come by windows.
    private var isTopTooLarge = false
    private var reader: CandidateReader?
    private let cancellation = CancellationFlag()

    /// Rows of one answer to `next`.
    static let chunkRowCount = 1_024
    /// Up to this limit a scan keeps the best rows instead of going by windows.
    static let topRowCountMax = 10_001
    /// The most blocks a thread that are looked through before it is asked whether later ones still matter.
    private static let topPartMax = 8
    /// What a row in a window costs beside its bytes.
    private static let rowOverheadByteCount = 160

    /// - Parameter work: Spreads the reading of blocks.
    init(
        _ environment: ScanEnvironment, _ request: ScanRequest, view: StoreView, work: ParallelWork
    ) {
        self.environment = environment
        self.request = request
        self.view = view
        self.work = work
        order = KeyOrder(order: request.order, names: environment.registry)
        let budget = MatchBudget(cancellation, deadline: request.deadline)
        makeFilter = { RowFilter(request.filter, names: environment.registry, budget: budget) }
        rootNode = makeFilter().root
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
            try findCandidates(top: topBound)
            reader = CandidateReader(
                environment, request, start: try ScanStart(after: request.after, in: order),
                cancellation: cancellation, workerCount: work.width, makeFilter: makeFilter)
        }
        while windowPosition == windowOrder.count {
            if remaining == 0 || rest.isEmpty || candidates.isEmpty { return nil }
            try fillWindow()
        }
        if remaining == 0 { return nil }
        let chunkRowCount = min(ScanCursor.chunkRowCount, remaining ?? .max)
        let end = min(windowPosition + chunkRowCount, windowOrder.count)
        let rows = windowRows.gather(windowOrder[windowPosition..<end])
        windowPosition = end
        remaining = remaining.map { $0 - rows.count }
        return rows
    }

    private func findCandidates(top: TopBound?) throws(LogError) {
        statistics = ScanStatistics()
        candidates = try environment.candidates(
            in: view, range: rest, filter: request.filter, root: rootNode, top: top, statistics: &statistics)
        sortCandidates()
    }

    /// A scan that goes on after a row wants none of those before it, which summaries do not tell apart.
    private var topBound: TopBound? {
        guard let remaining, remaining > 0, remaining <= ScanCursor.topRowCountMax, request.after == nil else {
            return nil
        }
        return TopBound(order: request.order, rowCount: remaining)
    }

    private func sortCandidates() {
        let isNewestFirst = request.order == .newestFirst
        var places = candidates.indices.map {
            (time: isNewestFirst ? candidates[$0].timeMax : candidates[$0].timeMin, $0)
        }
        places.sort { isNewestFirst ? $0.time > $1.time : $0.time < $1.time }
        candidates = places.map { candidates[$0.1] }
    }

    // MARK: Windows

    private func fillWindow() throws(LogError) {
        clearWindow()
        windowPosition = 0
        if !isTopTooLarge, let remaining, remaining <= ScanCursor.topRowCountMax {
            var isDone = try fillTop(remaining)
            if statistics.blocksDamaged > 0, topBound != nil {
                // What was left out may have to stand in for what cannot be read.
                clearWindow()
                try findCandidates(top: nil)
                isDone = try fillTop(remaining)
            }
            if isDone {
                rest.until = rest.since
                return
            }
            isTopTooLarge = true
            if topBound != nil { try findCandidates(top: nil) }
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
        clearWindow()
        let byteCountMax = request.memoryByteCountMax * 2
        let indexes = candidates.indices.filter { index in
            !candidates[index].isDamaged && candidates[index].timeMax >= window.since.microseconds
                && candidates[index].timeMin < window.until.microseconds
        }
        var byteCount = 0
        // A few at a time, so that what is copied beyond the memory is little.
        var first = 0
        while first < indexes.count {
            let part = Array(indexes[first..<min(first + work.width * 4, indexes.count)])
            first += part.count
            for (index, result) in zip(part, try copy(part, within: window)) {
                statistics += result.statistics
                if result.isDamaged { candidates[index].isDamaged = true }
                byteCount += result.rows.batch.byteCount + result.rows.count * ScanCursor.rowOverheadByteCount
                add(result)
            }
            if byteCount > byteCountMax {
                if window.width > 1 { return false }
                throw LogError(
                    .memoryBudget, "too many entries of one microsecond for the scan's memory; narrow the filter")
            }
        }
        try order.sort(&windowOrder)
        statistics.rowsMatched += windowOrder.count
        return true
    }

    private func copy(_ indexes: [Int], within window: TimeRange) throws(LogError) -> [CandidateReader.Result] {
        let candidates = candidates
        let reader = reader!
        return try work.map(indexes.count) { (part, worker) throws(LogError) in
            try reader.copy(candidates[indexes[part]], index: indexes[part], within: window, worker: worker)
        }
    }

    private func clearWindow() {
        windowRows = WindowRows()
        windowOrder.removeAll()
    }

    /// Adds copied rows to the window.
    private func add(_ result: CandidateReader.Result) {
        guard !result.references.isEmpty else { return }
        let first = windowRows.add(result.rows)
        for reference in result.references {
            windowOrder.append(
                RowReference(key: reference.key, candidate: reference.candidate, row: first + reference.row))
        }
    }

    // MARK: The first rows

    /// Finds and copies the first `limit` rows.
    ///
    /// - Returns: False when they take too much memory together.
    private func fillTop(_ limit: Int) throws(LogError) -> Bool {
        var best: [RowReference] = []
        var groups: [Int: RowGroup] = [:]
        var heldByteCount = 0
        var decodedByteCount = 0
        var next = 0
        // More at a time the more there are to read: handing blocks to threads costs about as much as reading one.
        var partCount = work.width
        var readCount = 0
        while next < candidates.count {
            let threshold = best.count >= limit ? best[limit - 1].key.time : nil
            var part: [Int] = []
            while next < candidates.count, part.count < partCount {
                // Candidates are sorted: past the first that is too far, all are.
                if let threshold, isPast(candidates[next], threshold) {
                    next = candidates.count
                    break
                }
                if !candidates[next].isDamaged { part.append(next) }
                next += 1
            }
            readCount += part.count
            let isKept = decodedByteCount < environment.columns.scanByteCountMax
            let results = try find(part, beyond: threshold, isKept: isKept)
            for (index, result) in zip(part, results) {
                decodedByteCount += result.statistics.bytesDecompressed
                statistics += result.statistics
                if result.isDamaged { candidates[index].isDamaged = true }
                guard !result.references.isEmpty else { continue }
                best += result.references
                if heldByteCount < request.memoryByteCountMax / 2 {
                    groups[index] = result.group
                    heldByteCount += result.group?.bytesHeld ?? 0
                }
            }
            try order.sort(&best)
            if best.count > limit { best.removeLast(best.count - limit) }
            // As many as should hold what is missing, by what was found so far.
            let missingCount = best.isEmpty ? .max : (limit - best.count) * readCount / best.count
            partCount = min(partCount * 2, max(work.width, missingCount), work.width * ScanCursor.topPartMax)
        }
        return try copyTop(best, groups)
    }

    private func find(
        _ indexes: [Int], beyond threshold: Int64?, isKept: Bool
    ) throws(LogError) -> [CandidateReader.Result] {
        let candidates = candidates
        let reader = reader!
        let window = rest
        return try spreading(indexes.count).map(indexes.count) { (part, worker) throws(LogError) in
            try reader.find(
                candidates[indexes[part]], index: indexes[part], within: window, beyond: threshold, isKept: isKept,
                worker: worker)
        }
    }

    /// What works on so many blocks: to wake another thread for one takes as long as reading it.
    private func spreading(_ blockCount: Int) -> ParallelWork {
        blockCount > 2 ? work : ParallelWork(pool: work.pool, width: 1)
    }

    /// Copies the rows of `best`, a few candidates at a time, so that few decoded blocks are held.
    private func copyTop(_ best: [RowReference], _ groups: [Int: RowGroup]) throws(LogError) -> Bool {
        var positions: [Int: [Int]] = [:]
        for (position, reference) in best.enumerated() { positions[reference.candidate, default: []].append(position) }
        let members = positions.sorted { $0.key < $1.key }
        let candidates = candidates
        let reader = reader!
        nonisolated(unsafe) let groups = groups
        var byteCount = 0
        var first = 0
        while first < members.count {
            let part = Array(members[first..<min(first + work.width * 4, members.count)])
            first += part.count
            let results = try spreading(part.count).map(part.count) { (index, _) throws(LogError) in
                let (candidate, positions) = part[index]
                return try reader.copy(
                    positions.map { best[$0].row }, of: candidates[candidate], group: groups[candidate])
            }
            for (member, result) in zip(part, results) {
                statistics += result.statistics
                guard !result.isDamaged else {
                    self.candidates[member.key].isDamaged = true
                    continue
                }
                byteCount += result.rows.batch.byteCount
                let firstRow = windowRows.add(result.rows)
                for (copied, position) in member.value.enumerated() {
                    windowOrder.append(
                        RowReference(key: best[position].key, candidate: member.key, row: firstRow + copied))
                }
            }
            if byteCount > request.memoryByteCountMax * 2 {
                clearWindow()
                return false
            }
        }
        try order.sort(&windowOrder)
        statistics.rowsMatched += windowOrder.count
        return true
    }

    /// Whether no row of the candidate can stand before one at `time`.
    private func isPast(_ candidate: Candidate, _ time: Int64) -> Bool {
        request.order == .newestFirst ? candidate.timeMax < time : candidate.timeMin > time
    }
}

extension TimeRange {
    /// Microseconds from the start to the end, which may be more than an `Int64` holds.
    fileprivate var width: UInt64 { UInt64(bitPattern: until.microseconds &- since.microseconds) }
}
