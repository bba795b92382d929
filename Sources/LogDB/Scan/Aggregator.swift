import LogModel

/// Counts entries by groups, from summaries where they suffice and on encoded columns elsewhere.
struct Aggregator {
    let environment: ScanEnvironment
    let request: AggregateRequest
    private let cancellation: CancellationFlag
    private var counts: [[GroupValue]: UInt64] = [:]
    private var statistics = ScanStatistics()

    init(_ environment: ScanEnvironment, _ request: AggregateRequest, _ cancellation: CancellationFlag) {
        self.cancellation = cancellation
        self.environment = environment
        self.request = request
    }

    mutating func run(_ view: StoreView) throws(LogError) -> AggregateResult {
        let filter = RowFilter(
            request.filter, names: environment.registry,
            budget: MatchBudget(cancellation, deadline: request.deadline))
        if request.keys.isEmpty { counts[[]] = 0 }
        let rest = request.range.isEmpty ? view : try countSegments(view, filter.root)
        let candidates =
            request.range.isEmpty
            ? []
            : try environment.candidates(
                in: rest, range: request.range, filter: request.filter, root: filter.root, statistics: &statistics)
        for candidate in candidates {
            try cancellation.check(deadline: request.deadline)
            if candidate.isWholly, try countFromSummary(candidate) {
                statistics.blocksAnsweredByMetadata += 1
                continue
            }
            do throws(LogError) {
                try count(candidate, filter)
            } catch {
                guard error.code == .corruption else { throw error }
                statistics.blocksDamaged += 1
            }
            try checkGroupCount()
        }
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
            try checkGroupCount()
        }
        return rest
    }

    private func checkGroupCount() throws(LogError) {
        guard counts.count > request.groupCountMax else { return }
        throw LogError(
            .memoryBudget,
            "the result has more than \(request.groupCountMax) groups; group by fewer fields or wider buckets")
    }

    /// Adds a block all of whose rows count, when its summary knows the groups.
    private mutating func countFromSummary(_ candidate: Candidate) throws(LogError) -> Bool {
        guard case .block(let segment, let index) = candidate.origin else { return false }
        // A bucket that holds the whole block is a constant beside the other keys.
        var constants: [GroupValue?] = []
        var others: [Field] = []
        for key in request.keys {
            switch key {
            case .timeBucket(let step, let offset):
                let first = TimeBucket.start(candidate.timeMin, step: step, offset: offset)
                guard first == TimeBucket.start(candidate.timeMax, step: step, offset: offset) else { return false }
                constants.append(.time(first))
            case .field(let field):
                guard field == .level || field == .module else { return false }
                others.append(field)
                constants.append(nil)
            }
        }
        guard others.count <= 1 else { return false }
        let directory = try environment.directories.directory(of: segment)
        let block = directory.blocks[index]
        func add(_ value: GroupValue?, _ rows: Int) {
            guard rows > 0 else { return }
            counts[constants.map { $0 ?? value! }, default: 0] += UInt64(rows)
        }
        switch others.first {
        case .level?:
            for level in Level.allCases {
                add(.text(Array(level.name.utf8)), Int(block.levelCounts[Int(level.rawValue)]))
            }
        case .module?:
            for (module, rows) in block.moduleCounts {
                let name = directory.strings[Int(module)]
                add(name.isEmpty ? .missing : .text(name), Int(rows))
            }
        default:
            add(nil, block.rowCount)
        }
        statistics.rowsMatched += block.rowCount
        return true
    }

    private mutating func count(_ candidate: Candidate, _ filter: RowFilter) throws(LogError) {
        let group = try environment.open(candidate)
        var rows = Bitmap(count: group.rowCount, all: true)
        if candidate.timeMin < request.range.since.microseconds || candidate.timeMax >= request.range.until.microseconds
        {
            rows = RowFilter.rows(rows, of: try group.times(), within: request.range)
        }
        statistics.rowsScanned += rows.setCount
        if !candidate.isWholly { rows = try filter.evaluate(group, rows) }
        let matched = rows.setCount
        if matched > 0 {
            if request.keys.isEmpty {
                counts[[], default: 0] += UInt64(matched)
            } else {
                var dimensions: [GroupDimension] = []
                for key in request.keys {
                    dimensions.append(try GroupDimension(key, group: group, rows: rows, names: environment.registry))
                }
                add(dimensions, rows)
            }
        }
        statistics.rowsMatched += matched
        statistics.blocksRead += 1
        statistics.bytesDecompressed += group.bytesDecoded
        statistics.bytesFetched += group.bytesFetched
    }

    /// Counts the combinations of codes within the group of rows, then adds them under their values.
    private mutating func add(_ dimensions: [GroupDimension], _ rows: Bitmap) {
        let size = dimensions.reduce(1) { $0.multipliedReportingOverflow(by: $1.values.count).partialValue }
        let isDense = size > 0 && size <= 1 << 20 && dimensions.allSatisfy { $0.values.count <= 1 << 20 }
        if isDense {
            var table = [UInt32](repeating: 0, count: size)
            rows.forEachSet { row in
                var index = 0
                for dimension in dimensions { index = index * dimension.values.count + Int(dimension.codes[row]) }
                table[index] += 1
            }
            for index in table.indices where table[index] > 0 {
                var rest = index
                var values: [GroupValue] = []
                for dimension in dimensions.reversed() {
                    values.append(dimension.values[rest % dimension.values.count])
                    rest /= dimension.values.count
                }
                counts[values.reversed(), default: 0] += UInt64(table[index])
            }
        } else {
            var table: [[UInt32]: UInt64] = [:]
            rows.forEachSet { row in table[dimensions.map { $0.codes[row] }, default: 0] += 1 }
            for (codes, count) in table {
                counts[zip(dimensions, codes).map { $0.values[Int($1)] }, default: 0] += count
            }
        }
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
