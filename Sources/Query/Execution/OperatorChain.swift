import LogDB
import LogModel

/// Makes the operators of one execution, and decides what of the pipes the engine does itself.
struct OperatorChain {
    enum Bound {
        case limit(Int)
        case tail(TailPipe)
        case sortedTail(SortPipe)
    }

    private var stages: [Stage]
    /// The query's filter, with those of pipes that the scan can do.
    private(set) var filter: Filter
    private let context: RunContext
    private let pageBound: Int?
    /// What the rows have after the last stage.
    private let schema: Schema
    /// What the pipes after the last sort do to the number of rows.
    private(set) var bounds: [Bound] = []
    private var after: EntryKey?
    private var sortStart: SortPipe.Start?
    /// Whether the rows come newest first, or are a table.
    private var isNewestFirst: Bool

    /// - Parameter pageBound: How many rows are wanted of the last stage. Nil: all.
    init(_ stages: [Stage], filter: Filter, pageBound: Int?, schema: Schema, context: RunContext) {
        self.context = context
        self.pageBound = pageBound
        self.schema = schema
        isNewestFirst = context.query.context.order == .newestFirst
        let parts = OperatorChain.parted(stages)
        self.filter = parts.filters.isEmpty ? filter : .all([filter] + parts.filters)
        self.stages = parts.rest
    }

    /// The filters of pipes that the scan can do, and the stages without them.
    private static func parted(_ stages: [Stage]) -> (filters: [Filter], rest: [Stage]) {
        var filters: [Filter] = []
        var rest: [Stage] = []
        // What is explained is a run of its own, with filters of its own.
        var isScanned = !stages.contains { if case .explain = $0 { true } else { false } }
        for stage in stages {
            isScanned = isScanned && stage.letsFiltersPass
            if isScanned, case .filter(let test) = stage, let filter = test.scanFilter {
                filters.append(filter)
            } else {
                rest.append(stage)
            }
        }
        return (filters, rest)
    }

    private var query: LogQuery { context.query }

    private var sortIndex: Int? { OperatorChain.sortIndex(stages) }

    private static func sortIndex(_ stages: [Stage]) -> Int? {
        stages.lastIndex { if case .sort = $0 { true } else { false } }
    }

    var isSorted: Bool { sortIndex != nil }

    /// Whether each row of the answer is an entry from whose key the answer can go on.
    static func isPositional(_ stages: [Stage]) -> Bool {
        let stages = parted(stages).rest
        let sortIndex = sortIndex(stages)
        var isBounded = false
        for (index, stage) in stages.enumerated() {
            switch stage {
            case .sort: isBounded = false
            case .limit, .tail: isBounded = isBounded || index > sortIndex ?? -1
            case .filter: if isBounded { return false }
            case .join, .extract: continue
            case .dedup, .context, .stats, .patterns, .fieldNames, .explain: return false
            }
        }
        return true
    }

    /// Goes on after an entry, where `isPositional`.
    ///
    /// - Parameter remaining: How many rows the pipes still allow. Nil: no bound.
    mutating func resume(after key: EntryKey, remaining: Int?, isolation: isolated (any Actor)?) async throws {
        let start = sortIndex.map { $0 + 1 } ?? 0
        let rowWise = stages[start...].filter(\.isRowWise)
        if let index = sortIndex, case .sort(let keys) = stages[index] {
            let rows = try await context.store.entry(key)
            guard !rows.isEmpty else { throw LogQuery.expiredCursor }
            var source: any RowSource = HeldRows(RowBatch(entries: rows))
            for stage in stages[..<index] {
                switch stage {
                case .join, .extract: source = apply(stage, to: source)
                default: continue
                }
            }
            guard let row = try await source.next(isolation: isolation) else { return }
            let values = keys.map { ColumnReader(row, $0.column.reference).sortValue(0, kind: $0.column.kind) }
            sortStart = SortPipe.Start(values: values, key: key)
        } else {
            after = key
        }
        stages = stages[..<start] + rowWise + (remaining.map { [.limit($0)] } ?? [])
    }

    // MARK: The source

    mutating func build(isolation: isolated (any Actor)?) async throws -> any RowSource {
        if let index = stages.lastIndex(where: { if case .explain = $0 { true } else { false } }),
            case .explain(let schema) = stages[index]
        {
            let pipeline = Pipeline(stages: Array(stages[..<index]), schema: schema)
            let inner = QueryRun(query, store: context.store, pipeline: pipeline)
            stages.removeFirst(index + 1)
            isNewestFirst = true
            return try await applyAll(to: ExplainPipe(inner, outer: context), isolation)
        }
        if let counted = try await countedSource(isolation) {
            stages.removeFirst()
            isNewestFirst = true
            return try await applyAll(to: counted, isolation)
        }
        let leading = stages.firstIndex { stage in
            switch stage {
            case .join, .extract: false
            default: true
            }
        }
        if after == nil, let leading, case .tail(let count) = stages[leading] {
            // The last rows are the first of the other direction.
            let tail = TailPipe(
                scan(limit: count, isReversed: true), count: count, isInputReversed: true, memory: context.memory)
            stages.remove(at: leading)
            if leading >= sortIndex.map({ $0 + 1 }) ?? 0 { bounds.append(.tail(tail)) }
            return try await applyAll(to: tail, isolation)
        }
        return try await applyAll(to: scan(limit: limit(from: 0)), isFetched: true, isolation)
    }

    private func scan(limit: Int?, isReversed: Bool = false) -> any RowSource {
        let written = query.context.order
        let order: ScanOrder = isReversed ? (written == .newestFirst ? .oldestFirst : .newestFirst) : written
        let read = fetchIndex.map { stages[...$0] } ?? stages[...]
        let fields = ReadFields.of(read, fetchIndex == nil ? schema : .table([]))
        return ScanSource(context.scan(query.range, filter, order, limit: limit, after: after, fields: fields))
    }

    /// The stage after which rows are read again with all that is wanted of them, because few are left of many, and it
    /// needs little of each. Nil where there is none.
    private var fetchIndex: Int? {
        guard let index = stages.firstIndex(where: { !$0.isRowWise }) else { return nil }
        switch stages[index] {
        case .sort:
            switch kept(after: index) {
            case .all: return nil
            case .first(let count), .last(let count): return count <= OperatorChain.fetchCountMax ? index : nil
            }
        case .dedup(let columns): return columns.allSatisfy(\.hasFewValues) ? index : nil
        default: return nil
        }
    }

    /// The most rows that are read again after a sort.
    private static let fetchCountMax = 1_024

    /// What the engine answers by itself of the first stage; nil where it does not.
    private func countedSource(_ isolation: isolated (any Actor)?) async throws -> (any RowSource)? {
        guard after == nil, let first = stages.first else { return nil }
        switch first {
        case .stats(let plan) where CountedSource.canAnswer(plan):
            let range = try await statsRange(plan, isolation)
            let groups = GroupedAggregates(plan, range: range, context: context)
            let answer = try await CountedSource.answer(plan, groups, range: range, filter: filter, context: context)
            if answer == nil { groups.release() } else { context.source = "aggregate" }
            return answer
        case .patterns(let plan)
        where plan.message.reference == .field(.message) && plan.time?.reference == .field(.time):
            context.source = "patterns of the blocks"
            return try await PatternsPipe.counted(query.range, filter, context)
        case .fieldNames(let schema) where schema == .entries:
            context.source = "field names of the blocks"
            return try await FieldNamesPipe.counted(query.range, filter, context)
        default:
            return nil
        }
    }

    /// The range of the answer, its open sides closed where the plan has to know them.
    private func statsRange(_ plan: StatsPlan, _ isolation: isolated (any Actor)?) async throws -> TimeRange {
        let hasRate = plan.aggregates.contains { $0.function == .rate } && plan.step == nil
        let needsZone = plan.groups.contains { group in
            group.step.map { TimeBuckets.needsClosedRange(step: $0, zone: query.plan.zone) } ?? false
        }
        guard plan.fillsTime || hasRate || needsZone else { return query.range }
        return try await Extent.closing(query.range, filter: filter, context: context) ?? query.range
    }

    // MARK: The operators after it

    /// - Parameter isFetched: Whether the source is a scan of what `fetchIndex` says.
    private mutating func applyAll(
        to source: any RowSource, isFetched: Bool = false, _ isolation: isolated (any Actor)?
    ) async throws -> any RowSource {
        var source = source
        for (index, stage) in stages.enumerated() {
            let isLast = index > sortIndex ?? -1
            switch stage {
            case .limit(let count):
                source = LimitPipe(source, count: count)
                if isLast { bounds.append(.limit(count)) }
            case .tail:
                source = apply(stage, to: source)
                if isLast, let tail = source as? TailPipe { bounds.append(.tail(tail)) }
            case .sort(let keys):
                let kept = kept(after: index)
                let sort = SortPipe(
                    source, keys: keys, kept: kept, start: index == sortIndex ? sortStart : nil,
                    memory: context.memory)
                source = sort
                if index == sortIndex, case .last = kept { bounds.append(.sortedTail(sort)) }
            case .stats(let plan):
                let groups = GroupedAggregates(plan, range: try await statsRange(plan, isolation), context: context)
                source = StatsPipe(source, groups)
            case .context(let neighbours):
                source = contextPipe(neighbours, at: index, of: source)
            default:
                source = apply(stage, to: source)
            }
            if isFetched, index == fetchIndex {
                source = FetchPipe(source, fields: ReadFields.of(stages[(index + 1)...], schema), context: context)
            }
            noteOrder(after: stage)
        }
        return source
    }

    private func contextPipe(_ neighbours: Neighbours, at index: Int, of source: any RowSource) -> ContextPipe {
        let computing = stages[..<index].filter(\.appendsColumns)
        // What is computed of its rows is read of them too.
        let fields = ReadFields.of(computing.filter(\.isRowWise) + stages[(index + 1)...], schema)
        return ContextPipe(source, neighbours, computing: computing, fields: fields, context: context)
    }

    private mutating func noteOrder(after stage: Stage) {
        switch stage {
        case .sort: isNewestFirst = false
        case .context: isNewestFirst = query.context.order == .newestFirst
        case .stats, .patterns, .fieldNames, .explain: isNewestFirst = true
        case .filter, .join, .extract, .limit, .tail, .dedup: break
        }
    }

    private func apply(_ stage: Stage, to source: any RowSource) -> any RowSource {
        switch stage {
        case .filter(let test): WherePipe(source, RowTester(test, deadline: query.context.deadline))
        case .join(let attribute): JoinPipe(source, attribute, store: context.store)
        case .extract(let extraction): ExtractPipe(source, extraction, deadline: query.context.deadline)
        case .limit(let count): LimitPipe(source, count: count)
        case .tail(let count): TailPipe(source, count: count, isInputReversed: false, memory: context.memory)
        case .dedup(let columns):
            DedupPipe(source, columns, isNewestFirst: isNewestFirst, memory: context.memory)
        case .patterns(let plan): PatternsPipe(source, plan, memory: context.memory)
        case .fieldNames(let schema): FieldNamesPipe(source, schema, memory: context.memory)
        // Made where more is known of them.
        case .sort, .stats, .context, .explain: source
        }
    }

    // MARK: Bounds

    /// How many rows are wanted at most of what stands before a stage. Nil: all.
    private func limit(from start: Int) -> Int? {
        var limit: Int?
        for stage in stages[start...] {
            switch stage {
            case .limit(let count): limit = min(limit ?? count, count)
            case .join, .extract: continue
            default: return limit
            }
        }
        return [limit, pageBound].compactMap(\.self).min()
    }

    private func kept(after index: Int) -> SortPipe.Kept {
        if sortStart == nil, index + 1 < stages.count, case .tail(let count) = stages[index + 1] { return .last(count) }
        return limit(from: index + 1).map { .first($0) } ?? .all
    }
}

extension Column {
    /// Whether a store has few different values of it, as a rule.
    fileprivate var hasFewValues: Bool {
        guard case .field(let field) = reference else { return false }
        return [.level, .module, .logger, .device].contains(field)
    }
}
