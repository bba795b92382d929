import LogDB
import LogModel

/// One execution of a query: its operators, one page of their rows, and where the next page begins.
final class QueryRun {
    let query: LogQuery
    let context: RunContext
    /// The page's size. Nil: everything.
    let rowLimit: Int?
    let position: Cursor.Position?
    private let stages: [Stage]
    private let schema: Schema

    private var output: (any RowSource)?
    /// Whether pages go on after a row's key; else after a number of rows.
    private var isPositional = false
    private var isSorted = false
    /// What the pipes after the last sort do to the number of rows, and the operators that know it.
    private var bounds: [OperatorChain.Bound] = []
    private var pending: RowBatch?
    private var emittedCount = 0
    private var lastKey: EntryKey?
    private(set) var isFinished = false
    private(set) var nextCursor: Cursor?

    /// - Parameters:
    ///   - pipeline: In place of the query's own.
    ///   - isPaged: Whether the caller's page size and cursor apply; not where the rows are told of.
    init(_ query: LogQuery, store: LogStore, pipeline: Pipeline? = nil, isPaged: Bool = true) {
        self.query = query
        let pipeline = pipeline ?? query.plan.pipeline
        stages = pipeline.stages
        schema = pipeline.schema
        context = RunContext(query, store: store)
        // A plan is no answer of many pages.
        let isPlan = if case .explain = stages.last { true } else { false }
        rowLimit = isPaged && !isPlan ? query.context.rowLimit : nil
        position = isPaged ? query.context.cursor?.position : nil
    }

    var statistics: ScanStatistics { context.statistics }
    var warnings: [QueryWarning] { context.warnings }
    var hasRows: Bool { emittedCount > 0 }

    /// The next rows of the page; nil after its last, when `nextCursor` is final.
    func next(isolation: isolated (any Actor)?) async throws -> RowBatch? {
        if isFinished { return nil }
        if output == nil { try await build(isolation) }
        guard var rows = try await take(isolation) else {
            isFinished = true
            nextCursor = nil
            return nil
        }
        if let rowLimit {
            let room = rowLimit - emittedCount
            if room <= 0 {
                // One row more exists than the page holds, which is all that had to be known.
                isFinished = true
                return nil
            }
            if rows.count > room {
                pending = rows.slice(room..<rows.count)
                rows.truncate(to: room)
            }
        }
        emittedCount += rows.count
        lastKey = rows.entries?.keys.last
        if rowLimit != nil { nextCursor = resumeCursor() }
        return rows
    }

    private func take(_ isolation: isolated (any Actor)?) async throws -> RowBatch? {
        if let rows = pending {
            pending = nil
            return rows
        }
        return try await output?.next(isolation: isolation)
    }

    // MARK: Pages

    /// Entries committed after this one are left out, so that what was told already stays what it was.
    private var knownSequenceMax: UInt64? {
        switch position {
        case .entry(_, _, let sequenceMax): sequenceMax
        case .row(_, let sequenceMax): sequenceMax
        case nil: nil
        }
    }

    private var skippedCount: Int {
        if case .row(let count, _) = position { count } else { 0 }
    }

    private func resumeCursor() -> Cursor? {
        let sequenceMax = knownSequenceMax ?? context.snapshot.sequenceEnd &- 1
        let next: Cursor.Position
        if isPositional {
            guard let lastKey else { return nil }
            var remaining: Int?
            for bound in bounds {
                switch bound {
                case .limit(let count): remaining = min(remaining ?? count, count)
                case .tail(let pipe): if remaining != nil { remaining = pipe.windowCount }
                case .sortedTail(let pipe): remaining = pipe.windowCount
                }
            }
            next = .entry(
                lastKey, remaining: remaining.map { max(0, $0 - emittedCount) },
                sequenceMax: isSorted ? sequenceMax : nil)
        } else {
            next = .row(skippedCount + emittedCount, sequenceMax: sequenceMax)
        }
        return Cursor(range: query.range, order: query.context.order, queryHash: query.hash, position: next)
    }

    /// One row more than the page holds: whether it exists decides about the cursor.
    private var pageBound: Int? {
        rowLimit.map { $0.saturating(adding: 1).saturating(adding: skippedCount) }
    }

    private func build(_ isolation: isolated (any Actor)?) async throws {
        var filter = query.filter
        if let bound = knownSequenceMax, context.snapshot.sequenceEnd &- 1 > bound {
            filter = .all([filter, .committed(through: bound)])
        }
        var chain = OperatorChain(
            stages, filter: filter, pageBound: pageBound, schema: schema, context: context)
        isPositional = OperatorChain.isPositional(stages)
        isSorted = chain.isSorted
        if case .entry(let key, let remaining, _) = position {
            try await chain.resume(after: key, remaining: remaining, isolation: isolation)
        }
        var source = try await chain.build(isolation: isolation)
        bounds = chain.bounds
        if skippedCount > 0 { source = SkipPipe(source, count: skippedCount) }
        output = source
    }
}

/// Leaves out the rows of the pages before.
private final class SkipPipe: RowSource {
    private let input: any RowSource
    private var remaining: Int

    init(_ input: any RowSource, count: Int) {
        self.input = input
        remaining = count
    }

    func next(isolation: isolated (any Actor)?) async throws -> RowBatch? {
        while let rows = try await input.next(isolation: isolation) {
            if remaining == 0 { return rows }
            let skipped = min(remaining, rows.count)
            remaining -= skipped
            if skipped < rows.count { return rows.slice(skipped..<rows.count) }
        }
        return nil
    }
}
