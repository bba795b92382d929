import LogDB
import LogModel

/// `stats`, and the pipes that are made of it: groups of rows, and what is told of each. The answer comes in the order of
/// the groups' values.
final class StatsPipe: RowSource {
    private let input: any RowSource
    private let groups: GroupedAggregates
    private var output: HeldRows?

    init(_ input: any RowSource, _ groups: GroupedAggregates) {
        self.input = input
        self.groups = groups
    }

    func next(isolation: isolated (any Actor)?) async throws -> RowBatch? {
        if output == nil {
            while let rows = try await input.next(isolation: isolation) { try groups.add(rows) }
            output = HeldRows(try groups.finish())
        }
        return try await output?.next(isolation: isolation)
    }
}

/// Groups and their aggregates, however their rows are found.
final class GroupedAggregates {
    let plan: StatsPlan
    private let context: RunContext
    /// What times are rounded down to, of each group.
    let buckets: [TimeBuckets?]
    /// What is told of, where the plan has a row for each bucket.
    private let range: TimeRange
    private var index: GroupIndex
    private let accumulators: [any Accumulator]
    private let tests: [RowTester?]
    private var heldByteCount = 0

    /// - Parameter range: That of the rows, its open sides closed where the plan needs that.
    init(_ plan: StatsPlan, range: TimeRange, context: RunContext) {
        self.plan = plan
        self.context = context
        self.range = range
        buckets = plan.groups.map { group in
            group.step.map { TimeBuckets(step: $0, zone: context.query.plan.zone, range: range) }
        }
        index = GroupIndex(plan.groups, buckets: buckets)
        let seconds = plan.step.map { Double($0) / 1e6 } ?? range.seconds
        accumulators = plan.aggregates.map { $0.makeAccumulator(seconds: seconds, context: context) }
        tests = plan.aggregates.map { aggregate in
            aggregate.condition.map { RowTester($0, deadline: context.query.context.deadline) }
        }
    }

    /// Takes rows.
    func add(_ rows: RowBatch) throws {
        let numbers = index.numbers(of: rows)
        let all = [Bool](repeating: true, count: rows.count)
        for (place, accumulator) in accumulators.enumerated() {
            accumulator.add(rows, groups: numbers, passes: try tests[place]?.evaluate(rows) ?? all)
        }
        try checkMemory()
    }

    /// The number of a group that has these values.
    func group(_ values: [Value]) -> Int { Int(index.number(of: values)) }

    /// Takes rows of a group that the engine counted.
    ///
    /// - Parameter aggregate: Its place in the plan.
    func add(_ values: [Value], count: UInt64, group: Int, aggregate: Int) {
        accumulators[aggregate].add(values, count: count, group: group)
    }

    /// Gives its memory back, where the rows have to be read after all.
    func release() { context.memory.giveBack(&heldByteCount) }

    func checkMemory() throws {
        let byteCount = accumulators.reduce(index.byteCount) { $0 + $1.byteCount }
        try context.memory.hold(&heldByteCount, byteCount, plan.pipe)
    }

    /// The rows of the answer.
    func finish() throws -> RowBatch {
        if plan.groups.isEmpty { _ = index.number(of: []) }
        if plan.fillsTime { try fillTime() }
        var columns = [[Value]](repeating: [], count: plan.groups.count + accumulators.count)
        var count = 0
        try checkMemory()
        let held = heldByteCount
        try context.memory.hold(&heldByteCount, held + answerByteCount, plan.pipe)
        for group in 0..<index.count {
            let values = index.values(group)
            if plan.skipsMissing, values.allSatisfy({ $0 == .missing }) { continue }
            for (place, value) in values.enumerated() { columns[place].append(value) }
            for (place, accumulator) in accumulators.enumerated() {
                columns[plan.groups.count + place].append(accumulator.result(group))
            }
            count += 1
        }
        let batch = RowBatch(computed: columns, count: count)
        columns = []
        try context.memory.hold(&heldByteCount, held + batch.byteCount, plan.pipe)
        let groups = plan.groups.enumerated().map { place, group in
            Column(group.column.name, .computed(place), kind: group.column.kind)
        }
        return batch.picking(SortPlace.order(batch, by: groups))
    }

    /// What the rows of the answer will take, about: of groups the text that they have now, and an array for each value.
    private var answerByteCount: Int {
        index.textByteCount + index.count * (plan.groups.count + accumulators.count) * 48
    }

    /// Adds the groups of the buckets in which nothing was found, for each of the other groups' values.
    private func fillTime() throws {
        guard let buckets = buckets.first ?? nil, !range.isEmpty, range.isClosed else { return }
        var others: Set<[Value]> = []
        for group in 0..<index.count { others.insert(Array(index.values(group).dropFirst())) }
        if plan.groups.count == 1 { others = [[]] }
        let starts = try buckets.starts(in: range)
        guard starts.count * others.count <= QueryLimits.bucketCountMax else {
            throw QueryErrors([
                QueryDiagnostic(
                    code: "too_many_buckets", offset: 0, length: 0,
                    message: "timechart would have \(starts.count * others.count) rows; "
                        + "\(QueryLimits.bucketCountMax) are the most: take a longer step, or group by less.")
            ])
        }
        for start in starts {
            for other in others { _ = index.number(of: [.time(start)] + other) }
        }
    }
}

extension TimeRange {
    var isClosed: Bool { since != TimeRange.all.since && until != TimeRange.all.until }

    /// How long it is.
    var seconds: Double {
        isClosed && !isEmpty ? (Double(until.microseconds) - Double(since.microseconds)) / 1e6 : 0
    }
}

extension TimeBuckets {
    /// The starts of the buckets that make up `range`; the first may lie before it.
    ///
    /// - Throws: `QueryErrors` with `too_many_buckets`.
    func starts(in range: TimeRange) throws(QueryErrors) -> [Timestamp] {
        let length = range.until.microseconds.subtractingReportingOverflow(range.since.microseconds)
        let countMax = Int64(QueryLimits.bucketCountMax)
        if length.overflow || length.partialValue / step > countMax {
            throw QueryErrors([
                QueryDiagnostic(
                    code: "too_many_buckets", offset: 0, length: 0,
                    message: "The range has more than \(countMax) buckets of this step; take a longer step.")
            ])
        }
        var starts: [Timestamp] = []
        var start = start(of: range.since)
        while start < range.until {
            starts.append(start)
            let next = next(after: start)
            guard next > start else { break }
            start = next
        }
        return starts
    }
}
