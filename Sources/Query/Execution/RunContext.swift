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
    /// Those that may still read.
    private var scans: [Int: EntryScan] = [:]
    private var scanCount = 0

    init(_ query: LogQuery, store: LogStore) {
        self.query = query
        self.store = store
        snapshot = store.snapshot()
        memory = PipeMemory(byteCountMax: query.context.memoryByteCountMax)
    }

    /// What all reads so far have done.
    var statistics: ScanStatistics {
        scans.values.reduce(into: finished) { $0.add($1.statistics()) }
    }

    func add(_ statistics: ScanStatistics) { finished.add(statistics) }

    func warn(_ code: String, _ message: String) {
        guard !warnings.contains(where: { $0.code == code && $0.message == message }) else { return }
        warnings.append(QueryWarning(code: code, message: message))
    }

    // MARK: Reading the store

    /// A scan, and the number under which it is known.
    struct OpenScan {
        var scan: EntryScan
        fileprivate var number: Int
    }

    /// A scan that is told about until the execution ends.
    func scan(
        _ range: TimeRange, _ filter: Filter, _ order: ScanOrder, limit: Int? = nil, after: EntryKey? = nil,
        fields: Set<Field>? = nil
    ) -> EntryScan {
        openScan(range, filter, order, limit: limit, after: after, fields: fields).scan
    }

    /// A scan that is to be closed, where there may be many: each holds what it knows of the store's blocks.
    func openScan(
        _ range: TimeRange, _ filter: Filter, _ order: ScanOrder, limit: Int? = nil, after: EntryKey? = nil,
        fields: Set<Field>? = nil
    ) -> OpenScan {
        let request = ScanRequest(
            range: range, filter: filter, order: order, limit: limit, after: after, fields: fields,
            memoryByteCountMax: query.context.memoryByteCountMax, deadline: query.context.deadline)
        let scan = store.scan(request, in: snapshot)
        scanCount += 1
        scans[scanCount] = scan
        return OpenScan(scan: scan, number: scanCount)
    }

    /// Notes what the scan did, and lets go of it.
    func close(_ open: OpenScan) {
        guard let scan = scans.removeValue(forKey: open.number) else { return }
        finished.add(scan.statistics())
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
        coldBytesFetched += other.coldBytesFetched
        coldSegments.formUnion(other.coldSegments)
        blocksDamaged += other.blocksDamaged
    }
}
