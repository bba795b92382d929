import LogModel
import Testing

@testable import LogDB

/// A store whose rows lie everywhere rows can lie, and what it must answer.
struct MixedStore {
    let directory: TemporaryDirectory
    let store: LogStore
    /// Every row, in ascending order of the total order, as an unfiltered scan gave it after it was checked against what
    /// was appended.
    let rows: [StoredRow]
    private let matcher = NaiveFilter()

    private init(directory: TemporaryDirectory, store: LogStore, rows: [StoredRow]) {
        self.directory = directory
        self.store = store
        self.rows = rows
    }

    /// Small parts, and nothing that happens by itself.
    static let options: Options = {
        var options = Options()
        options.headRowCountMax = 2_048
        options.blockRowCountMax = 256
        options.mergeRowCountMax = 0
        return options
    }()

    /// Rows in one merged segment, in two others that overlap it in time, in the head, and on three days.
    static func make(seed: UInt64, rowCount: Int = 1_600, configure: (inout EntryFactory) -> Void = { _ in })
        async throws
        -> MixedStore
    {
        let directory = try TemporaryDirectory()
        var store = try await LogStore.open(at: directory.path, options: options)
        var factory = EntryFactory(seed: seed)
        configure(&factory)
        var naive = NaiveStore()
        func append(_ count: Int) async throws {
            var rest = count
            while rest > 0 {
                let entries = factory.entries(min(rest, Int.random(in: 1...150, using: &factory.generator)))
                _ = try await store.append(Batch(entries))
                naive.append(entries.map(\.normalized))
                rest -= entries.count
            }
        }
        let part = rowCount / 6
        try await append(part)
        try await store.sealHead()
        try await append(part)
        await store.close()
        var merging = options
        merging.mergeRowCountMax = 1 << 20
        merging.mergeFanIn = 64
        store = try await LogStore.open(at: directory.path, options: merging)
        try await store.compact()
        await store.close()
        store = try await LogStore.open(at: directory.path, options: options)
        factory.now -= Timestamp.microsecondsPerDay
        try await append(part)
        try await store.sealHead()
        factory.now += Timestamp.microsecondsPerDay - 3_000_000
        try await append(part)
        try await store.sealHead()
        try await append(part)
        factory.now += Timestamp.microsecondsPerDay
        try await append(rowCount - 5 * part)
        let rows = try await store.storedRows(ScanRequest(order: .oldestFirst))
        #expect(rows.map(\.entry) == naive.rows(order: .oldestFirst))
        #expect(store.view.snapshot().segments.count >= 3)
        #expect(store.metrics.headRows > 0)
        return MixedStore(directory: directory, store: store, rows: rows)
    }

    /// What a scan must answer.
    func expected(_ filter: Filter, order: ScanOrder = .newestFirst) -> [StoredRow] {
        let kept = rows.filter { matcher.matches(filter, $0) }
        return order == .newestFirst ? kept.reversed() : kept
    }
}

/// One row of an answer.
struct StoredRow: Hashable, Sendable {
    var entry: Entry
    var key: EntryKey
    var received: Int64
}

extension LogStore {
    func storedRows(_ request: ScanRequest = ScanRequest()) async throws -> [StoredRow] {
        var found: [StoredRow] = []
        for try await rows in scan(request) { found += rows.stored }
        return found
    }
}

extension Rows {
    var stored: [StoredRow] {
        (0..<count).map { StoredRow(entry: batch[$0].normalized, key: keys[$0], received: received[$0]) }
    }
}
