public import LogModel

extension LogStore {
    /// Spreads a scan's work over the processor's cores.
    var scanWork: ParallelWork {
        ParallelWork(pool: scans, width: min(options.scanThreadCount, LogStore.processorCount))
    }

    /// The store as it is now, for several reads that must agree.
    public func snapshot() -> StoreSnapshot { StoreSnapshot(view.snapshot()) }

    /// Reads entries in the total order. The scan sees the store as it was in the snapshot; as it is now without one.
    public func scan(_ request: ScanRequest, in snapshot: StoreSnapshot? = nil) -> EntryScan {
        let view = snapshot?.view ?? view.snapshot()
        return EntryScan(
            ScanCursor(environment, request.within(view), view: view, work: scanWork), pool: scans)
    }

    /// Counts entries by groups.
    ///
    /// - Throws: `.memoryBudget` when there are more groups than asked for, `.invalidArgument` for a time bucket whose
    ///   step is not positive, `.timeBudget`, `.cancelled`, `.io`, `.closed`.
    public func aggregate(
        _ request: AggregateRequest, in snapshot: StoreSnapshot? = nil
    ) async throws(LogError) -> AggregateResult {
        try checkOpen()
        for case .timeBucket(let step, _) in request.keys where step <= 0 {
            throw LogError(.invalidArgument, "the time bucket's step is \(step) µs; it must be at least 1")
        }
        let view = snapshot?.view ?? view.snapshot()
        var request = request
        request.filter = view.deletions.hidden(from: request.filter)
        let visible = request
        let environment = environment
        let work = scanWork
        return try await cancellable { (cancellation) throws(LogError) in
            var aggregator = Aggregator(environment, visible, work: work, cancellation)
            return try aggregator.run(view)
        }
    }

    /// The identifiers and context keys that entries have, with how many do. Context keys come first by count.
    public func fieldNames(
        range: TimeRange, filter: Filter, deadline: ContinuousClock.Instant? = nil, in snapshot: StoreSnapshot? = nil
    ) async throws(LogError) -> [FieldCount] {
        try checkOpen()
        let view = snapshot?.view ?? view.snapshot()
        let filter = view.deletions.hidden(from: filter)
        let environment = environment
        return try await cancellable { (cancellation) throws(LogError) in
            var counter = FieldCounter(environment, range: range, filter: filter, deadline: deadline, cancellation)
            return try counter.run(view)
        }
    }

    /// The patterns of the messages: messages that differ in numbers, identifiers and the like alone have the same one.
    ///
    /// - Parameter memoryByteCountMax: What the patterns may take, in bytes.
    /// - Throws: `.memoryBudget`, `.timeBudget`, `.cancelled`, `.io`, `.closed`.
    public func patterns(
        range: TimeRange, filter: Filter, memoryByteCountMax: Int, deadline: ContinuousClock.Instant? = nil,
        in snapshot: StoreSnapshot? = nil
    ) async throws(LogError) -> PatternResult {
        try checkOpen()
        let view = snapshot?.view ?? view.snapshot()
        let filter = view.deletions.hidden(from: filter)
        let environment = environment
        return try await cancellable { (cancellation) throws(LogError) in
            var counter = PatternCounter(
                environment, range: range, filter: filter, memoryByteCountMax: memoryByteCountMax, deadline: deadline,
                cancellation)
            return try counter.run(view)
        }
    }

    /// The value that each of the entries has of a joined attribute now; nil where it has none.
    public func joined(
        _ attribute: JoinedAttribute, of keys: [EntryKey]
    ) async throws(LogError) -> [[UInt8]?] {
        try checkOpen()
        let registry = environment.registry
        return try await scans.run { () throws(LogError) in
            var known: [UInt64: [UInt8]?] = [:]
            var values: [[UInt8]?] = []
            for key in keys {
                let number = attribute.isOfSession ? key.session : UInt64(key.device)
                if known[number] == nil {
                    known[number] = .some(
                        try registry.joined(attribute, device: key.device, session: key.session))
                }
                values.append(known[number] ?? nil)
            }
            return values
        }
    }

    /// Runs `body` on a scanning thread; cancelling the task sets the flag.
    private func cancellable<R: Sendable>(
        _ body: @escaping @Sendable (CancellationFlag) throws(LogError) -> R
    ) async throws(LogError) -> R {
        let flag = CancellationFlag()
        let scans = scans
        let result: Result<R, LogError> = await withTaskCancellationHandler {
            do throws(LogError) {
                return .success(try await scans.run { () throws(LogError) in try body(flag) })
            } catch {
                return .failure(error)
            }
        } onCancel: {
            flag.cancel()
        }
        return try result.get()
    }

    /// The entry with this identity; no row when there is none.
    ///
    /// - Throws: `.corruption` when it may be among those that cannot be read.
    public func entry(_ key: EntryKey) async throws(LogError) -> Rows {
        guard key.time < .max else { return Rows() }
        let range = TimeRange(
            since: Timestamp(microseconds: key.time), until: Timestamp(microseconds: key.time + 1))
        let (rows, damagedCount) = try await rows(ScanRequest(range: range, filter: .id(key), limit: 1))
        if rows.isEmpty, damagedCount > 0 { throw LogStore.unreadable(damagedCount) }
        return rows
    }

    /// The entry and its neighbours in the same session of the same device, oldest first; no row when there is no entry.
    ///
    /// - Parameters:
    ///   - before: How many of those before it, at most.
    ///   - after: How many of those after it, at most.
    /// - Throws: `.corruption` when one of them may be among those that cannot be read.
    public func context(of key: EntryKey, before: Int, after: Int) async throws(LogError) -> Rows {
        let entry = try await entry(key)
        guard !entry.isEmpty else { return entry }
        let stream = Filter.stream(device: key.device, session: key.session)
        let (earlier, damagedBefore) = try await rows(
            ScanRequest(filter: stream, order: .newestFirst, limit: before, after: key))
        let (later, damagedAfter) = try await rows(
            ScanRequest(filter: stream, order: .oldestFirst, limit: after, after: key))
        if damagedBefore + damagedAfter > 0 { throw LogStore.unreadable(damagedBefore + damagedAfter) }
        var rows = Rows()
        for index in (0..<earlier.count).reversed() { rows.append(index, of: earlier) }
        rows.append(0, of: entry)
        for index in 0..<later.count { rows.append(index, of: later) }
        return rows
    }

    private static func unreadable(_ blockCount: Int) -> LogError {
        LogError(.corruption, "\(blockCount) blocks cannot be read: their bytes are damaged")
    }

    private func rows(
        _ request: ScanRequest
    ) async throws(LogError) -> (rows: Rows, damagedBlockCount: Int) {
        try checkOpen()
        let scan = scan(request)
        var rows = Rows()
        var iterator = scan.makeAsyncIterator()
        while let chunk = try await iterator.next() {
            for index in 0..<chunk.count { rows.append(index, of: chunk) }
        }
        return (rows, scan.statistics().blocksDamaged)
    }

    /// The sessions of the store by id, and the devices: for fleet views and checks.
    public func devices() async throws(LogError) -> [DeviceRecord] { try await all(DeviceRecord.self) }
    public func sessions() async throws(LogError) -> [SessionRecord] { try await all(SessionRecord.self) }

    private func all<Record: TableRecord>(_ table: Record.Type) async throws(LogError) -> [Record] {
        try checkOpen()
        let store = store
        return try await scans.run { () throws(LogError) in
            var records: [Record] = []
            try Table<Record>(store: store).forEach { (record) throws(LogError) in
                records.append(record)
                return true
            }
            return records
        }
    }
}
