import LogModel

/// Counts the entries of blocks by groups: what one worker of an aggregation has found. Used by one thread at a time.
final class BlockCounter: @unchecked Sendable {
    let filter: RowFilter
    private(set) var counts: [[GroupValue]: UInt64] = [:]
    private(set) var statistics = ScanStatistics()
    private var tally: SummaryTally?
    private let environment: ScanEnvironment
    private let request: AggregateRequest
    private let cancellation: CancellationFlag

    init(_ environment: ScanEnvironment, _ request: AggregateRequest, _ cancellation: CancellationFlag) {
        self.environment = environment
        self.request = request
        self.cancellation = cancellation
        filter = RowFilter(
            request.filter, names: environment.registry,
            budget: MatchBudget(cancellation, deadline: request.deadline))
    }

    /// Adds the entries of a candidate. One whose bytes are damaged is counted as such.
    ///
    /// - Throws: `.cancelled`, `.timeBudget`, `.memoryBudget` when there are more groups than asked for, `.io`.
    func add(_ candidate: Candidate) throws(LogError) {
        try cancellation.check(deadline: request.deadline)
        do throws(LogError) {
            if candidate.isWholly, try countFromSummary(candidate) {
                statistics.blocksAnsweredByMetadata += 1
            } else {
                try count(candidate)
            }
        } catch {
            guard error.concernsSomeBytes else { throw error }
            statistics.blocksDamaged += 1
        }
        try AggregateRequest.check(groupCount: counts.count, of: request)
    }

    /// Adds a block all of whose rows count, when its summary knows the groups.
    private func countFromSummary(_ candidate: Candidate) throws(LogError) -> Bool {
        guard case .block(let segment, let index) = candidate.origin else { return false }
        if tally?.segment.record.id != segment.record.id {
            flush()
            tally = SummaryTally(segment, directory: try environment.directories.directory(of: segment))
        }
        guard let rows = try tally!.add(index, request.keys, environment.registry, &counts) else { return false }
        statistics.rowsMatched += rows
        return true
    }

    /// Brings what is counted apart into `counts`. To be called after the last candidate.
    func flush() {
        tally?.flush(request.keys, &counts)
        tally = nil
    }

    private func count(_ candidate: Candidate) throws(LogError) {
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
        statistics.addCold(of: group)
    }

    /// Counts the combinations of codes within the group of rows, then adds them under their values.
    private func add(_ dimensions: [GroupDimension], _ rows: Bitmap) {
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

extension AggregateRequest {
    /// - Throws: `.memoryBudget` when there are more groups than asked for.
    static func check(groupCount: Int, of request: AggregateRequest) throws(LogError) {
        guard groupCount > request.groupCountMax else { return }
        throw LogError(
            .memoryBudget,
            "the result has more than \(request.groupCountMax) groups; group by fewer fields or wider buckets")
    }
}
