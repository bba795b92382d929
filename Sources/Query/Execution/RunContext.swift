import LogDB
import LogModel

/// What the operators of one execution share.
final class RunContext {
    let store: LogStore
    let query: LogQuery
    /// The entries that this execution sees, whatever is appended meanwhile.
    let snapshot: StoreSnapshot
    let memory: PipeMemory
    /// What the operators found out that the author should know.
    var warnings: [QueryWarning] = []
    /// Where the rows came from, where that is no scan.
    var source: String?
    private var finished = ScanStatistics()
    private var scans: [EntryScan] = []

    init(_ query: LogQuery, store: LogStore) {
        self.query = query
        self.store = store
        snapshot = store.snapshot()
        memory = PipeMemory(byteCountMax: query.context.memoryByteCountMax)
    }

    /// What all reads so far have done.
    var statistics: ScanStatistics {
        scans.reduce(into: finished) { $0.add($1.statistics()) }
    }

    func add(_ statistics: ScanStatistics) { finished.add(statistics) }

    func warn(_ code: String, _ message: String) {
        guard !warnings.contains(where: { $0.code == code && $0.message == message }) else { return }
        warnings.append(QueryWarning(code: code, message: message))
    }

    // MARK: Reading the store

    func scan(
        _ range: TimeRange, _ filter: Filter, _ order: ScanOrder, limit: Int? = nil, after: EntryKey? = nil,
        fields: Set<Field>? = nil
    ) -> EntryScan {
        let request = ScanRequest(
            range: range, filter: filter, order: order, limit: limit, after: after, fields: fields,
            memoryByteCountMax: query.context.memoryByteCountMax, deadline: query.context.deadline)
        let scan = store.scan(request, in: snapshot)
        scans.append(scan)
        return scan
    }

    func aggregate(
        _ range: TimeRange, _ filter: Filter, _ keys: [GroupKey], groupCountMax: Int,
        isolation: isolated (any Actor)? = #isolation
    ) async throws -> AggregateResult {
        let result = try await store.aggregate(
            AggregateRequest(
                range: range, filter: filter, keys: keys, groupCountMax: groupCountMax,
                deadline: query.context.deadline), in: snapshot)
        finished.add(result.statistics)
        return result
    }
}

extension ScanStatistics {
    /// Adds what another read for the same answer did.
    mutating func add(_ other: ScanStatistics) {
        blocksTotal += other.blocksTotal
        blocksPrunedByTime += other.blocksPrunedByTime
        blocksPrunedByStream += other.blocksPrunedByStream
        blocksPrunedByLevel += other.blocksPrunedByLevel
        blocksPrunedByMetadata += other.blocksPrunedByMetadata
        blocksPrunedByIndex += other.blocksPrunedByIndex
        blocksRead += other.blocksRead
        blocksAnsweredByMetadata += other.blocksAnsweredByMetadata
        rowsScanned += other.rowsScanned
        rowsMatched += other.rowsMatched
        bytesDecompressed += other.bytesDecompressed
        bytesFetched += other.bytesFetched
        blocksDamaged += other.blocksDamaged
    }
}
