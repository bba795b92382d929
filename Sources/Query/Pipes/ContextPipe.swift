import LogDB
import LogModel

/// `context`: the entries and their neighbours in the same session, whatever the filter and the range, each once, in the
/// total order; the column `match` tells which were found.
final class ContextPipe: RowSource {
    private let input: any RowSource
    private let neighbours: Neighbours
    private let context: RunContext
    private var heldByteCount = 0
    private var output: HeldRows?

    /// What the pipes before computed, so that it is computed of the neighbours too.
    private let computing: [Stage]

    /// - Parameter computing: The stages before that append columns, in their order.
    init(_ input: any RowSource, _ neighbours: Neighbours, computing: [Stage], context: RunContext) {
        self.input = input
        self.computing = computing
        self.neighbours = neighbours
        self.context = context
    }

    func next(isolation: isolated (any Actor)?) async throws -> RowBatch? {
        if output == nil { output = HeldRows(try await gather(isolation)) }
        return try await output?.next(isolation: isolation)
    }

    private struct Stream: Hashable {
        var device: UInt32
        var session: UInt64
    }

    private func gather(_ isolation: isolated (any Actor)?) async throws -> RowBatch {
        var found: RowBatch?
        while let rows = try await input.next(isolation: isolation) {
            var all = found ?? RowBatch(like: rows)
            found = nil
            for row in 0..<rows.count { all.append(row, of: rows) }
            try hold(all)
            found = all
        }
        guard var all = found, let keys = all.entries?.keys else {
            return RowBatch(computed: [], count: 0)
        }
        all.computed.append(keys.map { _ in .boolean(true) })
        var streams: [Stream: [EntryKey]] = [:]
        for key in keys { streams[Stream(device: key.device, session: key.session), default: []].append(key) }
        var known = Set(keys)
        for (stream, matches) in streams {
            let sorted = matches.sorted { ($0.time, $0.sequence) < ($1.time, $1.sequence) }
            try await addNeighbours(of: sorted, stream, to: &all, &known, isolation)
        }
        let isNewestFirst = context.query.context.order == .newestFirst
        guard let rows = all.entries else { return all }
        return all.picking(
            (0..<all.count).sorted { left, right in
                let order = EntryOrder.compare(rows, left, rows, right)
                return isNewestFirst ? order > 0 : order < 0
            })
    }

    private func hold(_ rows: RowBatch) throws { try context.memory.hold(&heldByteCount, rows.byteCount, "context") }

    /// - Parameters:
    ///   - matches: Those of one stream, oldest first.
    ///   - known: The entries that are there already; grows.
    private func addNeighbours(
        of matches: [EntryKey], _ stream: Stream, to all: inout RowBatch, _ known: inout Set<EntryKey>,
        _ isolation: isolated (any Actor)?
    ) async throws {
        for (place, match) in matches.enumerated() {
            // Where a match has the one before it among its neighbours, those between are there already.
            if neighbours.before > 0 {
                let since = neighbours.within.map { match.time.saturating(adding: -$0) }
                let range = TimeRange(
                    since: since.map { Timestamp(microseconds: $0) } ?? TimeRange.all.since,
                    until: TimeRange.all.until)
                try await add(
                    scan(stream, range, .newestFirst, neighbours.before, after: match), to: &all, &known, isolation)
            }
            if neighbours.after > 0 {
                let until = neighbours.within.map { match.time.saturating(adding: $0).saturating(adding: 1) }
                let range = TimeRange(
                    since: TimeRange.all.since,
                    until: until.map { Timestamp(microseconds: $0) } ?? TimeRange.all.until)
                try await add(
                    scan(stream, range, .oldestFirst, neighbours.after, after: match), to: &all, &known, isolation)
            }
            if place % 16 == 15 { try hold(all) }
        }
        try hold(all)
    }

    private func scan(
        _ stream: Stream, _ range: TimeRange, _ order: ScanOrder, _ limit: Int, after: EntryKey
    ) -> EntryScan {
        context.scan(
            range, .stream(device: stream.device, session: stream.session), order, limit: limit, after: after)
    }

    private func add(
        _ scan: EntryScan, to all: inout RowBatch, _ known: inout Set<EntryKey>,
        _ isolation: isolated (any Actor)?
    ) async throws {
        var iterator = scan.makeAsyncIterator()
        while let rows = try await iterator.next(isolation: isolation) {
            var new = Rows()
            for row in 0..<rows.count where known.insert(rows.keys[row]).inserted { new.append(row, of: rows) }
            if new.isEmpty { continue }
            var neighbours = try await compute(new, isolation)
            neighbours.computed.append([Value](repeating: .boolean(false), count: new.count))
            for row in 0..<neighbours.count { all.append(row, of: neighbours) }
        }
    }

    /// The entries with the columns that the matches have.
    private func compute(_ rows: Rows, _ isolation: isolated (any Actor)?) async throws -> RowBatch {
        var batch = RowBatch(entries: rows)
        for stage in computing {
            let source = HeldRows(batch)
            switch stage {
            case .join(let attribute):
                let pipe = JoinPipe(source, attribute, store: context.store)
                batch = try await pipe.next(isolation: isolation) ?? batch
            case .extract(let extraction):
                batch = try await ExtractPipe(source, extraction).next(isolation: isolation) ?? batch
            default:
                // Whether a context before found it.
                batch.computed.append([Value](repeating: .missing, count: rows.count))
            }
        }
        return batch
    }
}
