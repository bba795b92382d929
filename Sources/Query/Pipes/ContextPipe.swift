import LogDB
import LogModel

/// `context`: the entries and their neighbours in the same session, whatever the filter and the range, each once, in the
/// total order; the column `match` tells which were found.
///
/// Neighbours may stand anywhere in time, so that the first row of the answer is known only when the last match is. Of the
/// matches their places are held, and of the neighbours where their stretches begin and end; the rows themselves are read
/// again, as they are asked for.
final class ContextPipe: RowSource {
    private let input: any RowSource
    private let neighbours: Neighbours
    private let context: RunContext
    /// What the pipes before computed, so that it is computed of the neighbours too.
    private let computing: [Stage]
    private let fields: Set<Field>?
    private var matches = ContextMatches()
    private var stretches = ContextStretches()
    /// The stretches of time that are still to be read, the next one last.
    private var windows: [TimeRange]?
    private var reading: (source: ScanSource, scan: RunContext.OpenScan)?
    private var heldByteCount = 0

    /// - Parameters:
    ///   - computing: The stages before that append columns, in their order.
    ///   - fields: What is to be read of the rows of the answer. Nil: all.
    init(
        _ input: any RowSource, _ neighbours: Neighbours, computing: [Stage], fields: Set<Field>?, context: RunContext
    ) {
        self.input = input
        self.neighbours = neighbours
        self.computing = computing
        self.fields = fields
        self.context = context
    }

    func next(isolation: isolated (any Actor)?) async throws -> RowBatch? {
        if windows == nil { windows = try await plan(isolation) }
        while true {
            while let rows = try await reading?.source.next(isolation: isolation) {
                let kept = stretches.places(of: rows.entries?.keys ?? [])
                if !kept.isEmpty, let entries = rows.picking(kept).entries {
                    return try await complete(entries, isolation)
                }
            }
            if let reading { context.close(reading.scan) }
            reading = nil
            guard let window = windows?.popLast() else { return nil }
            let scan = context.openScan(
                window, stretches.filter(for: window), context.query.context.order, fields: fields)
            reading = (ScanSource(scan.scan), scan)
        }
    }

    /// Finds the matches and the stretches of their neighbours.
    ///
    /// - Returns: What is to be read, the first one last.
    private func plan(_ isolation: isolated (any Actor)?) async throws -> [TimeRange] {
        let columns = contextColumns
        while let rows = try await input.next(isolation: isolation) {
            matches.add(rows, known: columns)
            try hold()
        }
        matches.sort()
        for (stream, places) in matches.byStream {
            try await addStretches(of: stream, around: places.map(\.place), isolation)
        }
        let windows = stretches.windows()
        return context.query.context.order == .newestFirst ? windows : windows.reversed()
    }

    private func hold() throws {
        try context.memory.hold(&heldByteCount, matches.byteCount + stretches.byteCount, "context")
    }

    // MARK: Neighbours

    private func addStretches(
        of stream: ContextStream, around places: [EntryPlace], _ isolation: isolated (any Actor)?
    ) async throws {
        var walk = ContextWalk(places, neighbours)
        while let match = walk.begin() {
            if neighbours.before > 0 {
                let since = neighbours.within.map { match.time.saturating(adding: -$0) } ?? .min
                let range = TimeRange(since: Timestamp(microseconds: since), until: TimeRange.all.until)
                let earlier = try await self.places(
                    in: stream, range, .newestFirst, neighbours.before, after: match, isolation)
                walk.begins(with: earlier.last)
            }
            var last = match
            while let count = walk.wantedCount {
                let later = try await self.places(in: stream, .all, .oldestFirst, count, after: last, isolation)
                walk.add(later)
                guard later.count == count, let place = later.last else { break }
                last = place
            }
            walk.end()
        }
        stretches.set(walk.stretches, of: stream)
        try hold()
    }

    /// The places of entries of one stream.
    private func places(
        in stream: ContextStream, _ range: TimeRange, _ order: ScanOrder, _ limit: Int, after: EntryPlace,
        _ isolation: isolated (any Actor)?
    ) async throws -> [EntryPlace] {
        let key = EntryKey(
            time: after.time, device: stream.device, session: stream.session, sequence: after.sequence)
        let open = context.openScan(
            range, .stream(device: stream.device, session: stream.session), order, limit: limit, after: key, fields: [])
        defer { context.close(open) }
        var places: [EntryPlace] = []
        var iterator = open.scan.makeAsyncIterator()
        while let rows = try await iterator.next(isolation: isolation) { places += rows.keys.map { EntryPlace($0) } }
        return places
    }

    // MARK: The rows

    /// The places of the columns `match` of other pipes like this one before it.
    private var contextColumns: [Int] {
        var columns: [Int] = []
        var count = 0
        for stage in computing {
            switch stage {
            case .extract(let extraction): count += extraction.groups.count
            case .context:
                columns.append(count)
                count += 1
            default: count += 1
            }
        }
        return columns
    }

    /// The entries with the columns that the matches have, and which of them are matches.
    private func complete(_ rows: Rows, _ isolation: isolated (any Actor)?) async throws -> RowBatch {
        var batch = RowBatch(entries: rows)
        let found = rows.keys.map { matches.match($0) }
        var contextCount = 0
        for stage in computing {
            let source = HeldRows(batch)
            switch stage {
            case .join(let attribute):
                let pipe = JoinPipe(source, attribute, store: context.store)
                batch = try await pipe.next(isolation: isolation) ?? batch
            case .extract(let extraction):
                let pipe = ExtractPipe(source, extraction, deadline: context.query.context.deadline)
                batch = try await pipe.next(isolation: isolation) ?? batch
            default:
                // Whether a context before found it.
                batch.computed.append(ComputedColumn(found.map { $0?.known(contextCount) ?? .missing }))
                contextCount += 1
            }
        }
        batch.computed.append(ComputedColumn(found.map { .boolean($0 != nil) }))
        return batch
    }
}
