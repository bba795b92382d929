import LogModel

/// Counts entries by groups, from summaries where they suffice and on encoded columns elsewhere, on all cores.
struct Aggregator {
    let environment: ScanEnvironment
    let request: AggregateRequest
    private let work: ParallelWork
    private let cancellation: CancellationFlag
    private var counts: [[GroupValue]: UInt64] = [:]
    private var statistics = ScanStatistics()

    /// - Parameter work: Spreads the reading of blocks.
    init(
        _ environment: ScanEnvironment, _ request: AggregateRequest, work: ParallelWork,
        _ cancellation: CancellationFlag
    ) {
        self.cancellation = cancellation
        self.environment = environment
        self.request = request
        self.work = work
    }

    mutating func run(_ view: StoreView) throws(LogError) -> AggregateResult {
        let counters = (0..<max(work.width, 1)).map { _ in BlockCounter(environment, request, cancellation) }
        let root = counters[0].filter.root
        if request.keys.isEmpty { counts[[]] = 0 }
        let rest = request.range.isEmpty ? view : try countSegments(view, root)
        let candidates =
            request.range.isEmpty
            ? []
            : try environment.candidates(
                in: rest, range: request.range, filter: request.filter, root: root, statistics: &statistics)
        try work.forEach(candidates.count) { (index, worker) throws(LogError) in
            try counters[worker].add(candidates[index])
        }
        for counter in counters {
            counter.flush()
            counts.merge(counter.counts) { $0 + $1 }
            statistics += counter.statistics
        }
        try AggregateRequest.check(groupCount: counts.count, of: request)
        let groups = counts.map { AggregateResult.Group(values: $0.key, count: $0.value) }
        return AggregateResult(groups: groups, statistics: statistics)
    }

    /// Adds the segments that can be counted whole.
    ///
    /// - Returns: What is left to be read.
    private mutating func countSegments(
        _ view: StoreView, _ root: RowFilter.Node
    ) throws(LogError) -> StoreView {
        var rest = view
        rest.segments.removeAll()
        var segments = SegmentAggregator(environment, range: request.range, root: root, keys: request.keys)
        for segment in view.segments {
            try cancellation.check(deadline: request.deadline)
            guard let rows = try segments.count(segment, into: &counts) else {
                rest.segments.append(segment)
                continue
            }
            statistics.blocksTotal += segment.record.blockCount
            statistics.blocksAnsweredByMetadata += segment.record.blockCount
            statistics.rowsMatched += Int(rows)
            try AggregateRequest.check(groupCount: counts.count, of: request)
        }
        return rest
    }
}

/// Buckets of time.
enum TimeBucket {
    /// The start of the bucket that holds `time`: the last boundary not after it, or `Int64.min` where that would lie
    /// before the first moment of all.
    ///
    /// - Parameter step: At least 1.
    static func start(_ time: Int64, step: Int64, offset: Int64) -> Int64 {
        let (shifted, isWide) = time.subtractingReportingOverflow(offset)
        let remainder = isWide ? Int64((Int128(time) - Int128(offset)) % Int128(step)) : shifted % step
        let (start, isBeforeAll) = time.subtractingReportingOverflow(remainder < 0 ? remainder + step : remainder)
        return isBeforeAll ? .min : start
    }
}
