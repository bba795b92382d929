import LogDB
import LogModel

/// One execution of a query that answers with entries: the operators, the page, and where the next page begins.
final class EntryRun {
    private let store: LogStore
    private let query: LogQuery
    /// The page's size. Nil: everything.
    private let rowLimit: Int?
    private let position: Cursor.Position?

    private var scanSource: ScanSource?
    private var output: (any RowSource)?
    /// What the pipes after the last sort do to the number of rows, and the operators that know it.
    private var bounds: [Bound] = []
    private var pending: Rows?
    private var emittedCount = 0
    private var lastKey: EntryKey?
    private(set) var isFinished = false
    private(set) var nextCursor: Cursor?

    private enum Bound {
        case limit(Int)
        case tail(TailSource)
        case sortedTail(SortSource)
    }

    /// - Parameter isPaged: Whether the caller's page size and cursor apply; not where the rows are counted.
    init(_ query: LogQuery, store: LogStore, isPaged: Bool) {
        self.store = store
        self.query = query
        rowLimit = isPaged ? query.context.rowLimit : nil
        position = isPaged ? query.context.cursor?.position : nil
    }

    var statistics: ScanStatistics { scanSource?.statistics ?? ScanStatistics() }
    var hasRows: Bool { emittedCount > 0 }

    /// The next rows of the page; nil after its last, when `nextCursor` is final.
    func next(isolation: isolated (any Actor)?) async throws -> Rows? {
        if isFinished { return nil }
        if output == nil { output = try await build(isolation) }
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
                rows = rows.slice(0..<room)
            }
        }
        emittedCount += rows.count
        lastKey = rows.keys.last
        if rowLimit != nil { nextCursor = resumeCursor() }
        return rows
    }

    private func take(_ isolation: isolated (any Actor)?) async throws -> Rows? {
        if let rows = pending {
            pending = nil
            return rows
        }
        return try await output?.next(isolation: isolation)
    }

    private func resumeCursor() -> Cursor? {
        guard let lastKey else { return nil }
        var remaining: Int?
        for bound in bounds {
            switch bound {
            case .limit(let count): remaining = min(remaining ?? count, count)
            case .tail(let source): if remaining != nil { remaining = source.windowCount }
            case .sortedTail(let source): remaining = source.windowCount
            }
        }
        let sequenceMax = isSorted ? knownSequenceMax ?? scanSource?.sequenceSeen : nil
        return Cursor(
            range: query.range, order: query.context.order, queryHash: query.hash,
            position: .entry(lastKey, remaining: remaining.map { max(0, $0 - emittedCount) }, sequenceMax: sequenceMax))
    }

    // MARK: - Operators

    private var isSorted: Bool {
        query.plan.pipeline.stages.contains { if case .sort = $0 { true } else { false } }
    }

    private var knownSequenceMax: UInt64? {
        if case .entry(_, _, let bound) = position { bound } else { nil }
    }

    private func build(_ isolation: isolated (any Actor)?) async throws -> any RowSource {
        let stages = query.plan.pipeline.stages
        guard let sortIndex = stages.lastIndex(where: { if case .sort = $0 { true } else { false } }),
            case .sort(let keys) = stages[sortIndex]
        else { return buildUnsorted(stages) }
        var source = scan(limit: leadingLimit(stages[..<sortIndex]), after: nil)
        for stage in stages[..<sortIndex] { source = apply(stage, to: source) }
        var after: Rows?
        var rest = Array(stages[(sortIndex + 1)...])
        if case .entry(let key, let remaining, _) = position {
            let rows = try await store.entry(key)
            guard !rows.isEmpty else { throw LogQuery.expiredCursor }
            after = rows
            rest = remaining.map { [.limit($0)] } ?? []
        }
        var kept = SortSource.Kept.all
        let onlyLimits = rest.allSatisfy { if case .limit = $0 { true } else { false } }
        if onlyLimits, let count = [leadingLimit(rest[...]), pageBound].compactMap(\.self).min() {
            kept = .first(count)
        } else if case .tail(let count) = rest.first {
            kept = .last(count)
            rest.removeFirst()
        }
        let sort = SortSource(
            source, keys: keys, kept: kept, after: after, memoryByteCountMax: query.context.memoryByteCountMax)
        if case .last = kept { bounds.append(.sortedTail(sort)) }
        return applyBounds(rest, to: sort)
    }

    /// Without a sort the rows of the next page are simply those that follow in the scan.
    private func buildUnsorted(_ stages: [EntryStage]) -> any RowSource {
        var stages = stages
        var after: EntryKey?
        if case .entry(let key, let remaining, _) = position {
            after = key
            stages = remaining.map { [.limit($0)] } ?? []
        }
        if case .tail(let count) = stages.first {
            let reversed = scan(limit: count, after: nil, isReversed: true)
            let tail = TailSource(
                reversed, count: count, isInputReversed: true, memoryByteCountMax: query.context.memoryByteCountMax)
            bounds.append(.tail(tail))
            return applyBounds(Array(stages.dropFirst()), to: tail)
        }
        var limit = leadingLimit(stages[...])
        if stages.allSatisfy({ if case .limit = $0 { true } else { false } }) {
            limit = [limit, pageBound].compactMap(\.self).min()
        }
        return applyBounds(stages, to: scan(limit: limit, after: after))
    }

    /// One row more than the page holds: whether it exists decides about the cursor.
    private var pageBound: Int? { rowLimit.map { $0.saturating(adding: 1) } }

    private func leadingLimit(_ stages: ArraySlice<EntryStage>) -> Int? {
        var limit: Int?
        for stage in stages {
            guard case .limit(let count) = stage else { break }
            limit = min(limit ?? count, count)
        }
        return limit
    }

    private func scan(limit: Int?, after: EntryKey?, isReversed: Bool = false) -> any RowSource {
        let order: ScanOrder =
            isReversed ? (query.context.order == .newestFirst ? .oldestFirst : .newestFirst) : query.context.order
        // A bound on commit positions takes rows away after the scan, so the scan itself must not stop early.
        let request = ScanRequest(
            range: query.range, filter: query.filter, order: order, limit: knownSequenceMax == nil ? limit : nil,
            after: after, memoryByteCountMax: query.context.memoryByteCountMax, deadline: query.context.deadline)
        let source = ScanSource(store.scan(request), sequenceMax: knownSequenceMax)
        scanSource = source
        return source
    }

    private func apply(_ stage: EntryStage, to source: any RowSource) -> any RowSource {
        let memory = query.context.memoryByteCountMax
        switch stage {
        case .limit(let count): return LimitSource(source, count: count)
        case .tail(let count):
            return TailSource(source, count: count, isInputReversed: false, memoryByteCountMax: memory)
        case .sort(let keys):
            return SortSource(source, keys: keys, kept: .all, after: nil, memoryByteCountMax: memory)
        }
    }

    /// Applies limits and tails, and remembers how they bound the rows.
    private func applyBounds(_ stages: [EntryStage], to source: any RowSource) -> any RowSource {
        var source = source
        for stage in stages {
            source = apply(stage, to: source)
            if case .limit(let count) = stage { bounds.append(.limit(count)) }
            if let tail = source as? TailSource { bounds.append(.tail(tail)) }
        }
        return source
    }
}
