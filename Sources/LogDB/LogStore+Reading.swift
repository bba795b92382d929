public import LogModel

extension LogStore {
    /// Reads entries in the total order. The scan sees the store as it is now.
    public func scan(_ request: ScanRequest) -> EntryScan {
        EntryScan(ScanCursor(environment, request, view: view.snapshot()), pool: scans)
    }

    /// Counts entries by groups.
    ///
    /// - Throws: `.memoryBudget` when there are more groups than asked for, `.invalidArgument` for a time bucket whose
    ///   step is not positive, `.timeBudget`, `.cancelled`, `.io`, `.closed`.
    public func aggregate(_ request: AggregateRequest) async throws(LogError) -> AggregateResult {
        try checkOpen()
        for case .timeBucket(let step, _) in request.keys where step <= 0 {
            throw LogError(.invalidArgument, "the time bucket's step is \(step) µs; it must be at least 1")
        }
        let view = view.snapshot()
        let environment = environment
        return try await cancellable { (cancellation) throws(LogError) in
            var aggregator = Aggregator(environment, request, cancellation)
            return try aggregator.run(view)
        }
    }

    /// The identifiers and context keys that entries have, with how many do. Context keys come first by count.
    public func fieldNames(
        range: TimeRange, filter: Filter, deadline: ContinuousClock.Instant? = nil
    ) async throws(LogError) -> [FieldCount] {
        try checkOpen()
        let view = view.snapshot()
        let environment = environment
        return try await cancellable { (cancellation) throws(LogError) in
            var counter = FieldCounter(environment, range: range, filter: filter, deadline: deadline, cancellation)
            return try counter.run(view)
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
    public func entry(_ key: EntryKey) async throws(LogError) -> Rows {
        guard key.time < .max else { return Rows() }
        let range = TimeRange(
            since: Timestamp(microseconds: key.time), until: Timestamp(microseconds: key.time + 1))
        return try await rows(
            ScanRequest(range: range, filter: .id(key), limit: 1), root: nil)
    }

    /// The entry and its neighbours in the same session of the same device, oldest first; no row when there is no entry.
    ///
    /// - Parameters:
    ///   - before: How many of those before it, at most.
    ///   - after: How many of those after it, at most.
    public func context(of key: EntryKey, before: Int, after: Int) async throws(LogError) -> Rows {
        let entry = try await entry(key)
        guard !entry.isEmpty else { return entry }
        let stream = RowFilter.Node.stream(ResolvedStream(device: key.device, session: key.session))
        let earlier = try await rows(
            ScanRequest(filter: .everything, order: .newestFirst, limit: before, after: key), root: stream)
        let later = try await rows(
            ScanRequest(filter: .everything, order: .oldestFirst, limit: after, after: key), root: stream)
        var rows = Rows()
        for index in (0..<earlier.count).reversed() { rows.append(index, of: earlier) }
        rows.append(0, of: entry)
        for index in 0..<later.count { rows.append(index, of: later) }
        return rows
    }

    private func rows(_ request: ScanRequest, root: RowFilter.Node?) async throws(LogError) -> Rows {
        try checkOpen()
        let scan = EntryScan(ScanCursor(environment, request, view: view.snapshot(), root: root), pool: scans)
        var rows = Rows()
        var iterator = scan.makeAsyncIterator()
        while let chunk = try await iterator.next() {
            for index in 0..<chunk.count { rows.append(index, of: chunk) }
        }
        return rows
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
