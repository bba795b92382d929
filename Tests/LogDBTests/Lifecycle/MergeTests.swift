import LogModel
import Testing

@testable import LogDB

struct MergeTests {
    /// Merging by request only, of everything that lies in a day.
    private static let options: Options = {
        var options = Options()
        options.blockRowCountMax = 256
        options.mergeFanIn = 64
        return options
    }()

    /// A store of some segments of one day.
    private func makeStore(
        _ directory: TemporaryDirectory, segmentCount: Int = 4, configure: (inout EntryFactory) -> Void = { _ in }
    ) async throws -> LogStore {
        let store = try await LogStore.open(at: directory.path, options: Self.options)
        var factory = EntryFactory(seed: 61)
        configure(&factory)
        for _ in 0..<segmentCount {
            _ = try await store.append(Batch(factory.entries(200)))
            try await store.sealHead()
        }
        #expect(store.view.snapshot().segments.count == segmentCount)
        return store
    }

    @Test(arguments: [false, true])
    func mergingKeepsEveryRowAndMakesOneSegmentOfMany(_ allAtOneTime: Bool) async throws {
        let directory = try TemporaryDirectory()
        let store = try await makeStore(directory) { if allAtOneTime { $0.stepMax = 0 } }
        let rows = try await store.storedRows()
        let groups = try await store.aggregate(AggregateRequest(keys: [.field(.level), .field(.module)]))
        let fields = try await store.fieldNames(range: .all, filter: .everything)
        try await store.maintenance.mergeAll { _, _ in }
        #expect(store.view.snapshot().segments.count == 1)
        #expect(store.metrics.segmentsMerged == 4)
        #expect(try await store.storedRows() == rows)
        #expect(try await store.storedRows(ScanRequest(order: .oldestFirst)) == rows.reversed())
        let merged = try await store.aggregate(AggregateRequest(keys: [.field(.level), .field(.module)]))
        #expect(Set(merged.groups.map { "\($0)" }) == Set(groups.groups.map { "\($0)" }))
        #expect(try await store.fieldNames(range: .all, filter: .everything) == fields)
        for row in rows.prefix(20) { #expect(try await store.entry(row.key).stored == [row]) }
        #expect(try await store.orphansInTheEnd() == [])
        await store.close()
    }

    @Test func segmentsAreMergedByThemselves() async throws {
        let directory = try TemporaryDirectory()
        var options = Self.options
        options.mergeFanIn = 3
        let store = try await LogStore.open(at: directory.path, options: options)
        var factory = EntryFactory(seed: 62)
        var naive = NaiveStore()
        for _ in 0..<9 {
            let entries = factory.entries(30)
            naive.append(entries.map(\.normalized))
            _ = try await store.append(Batch(entries))
            try await store.sealHead()
            #expect(try await store.entries() == naive.rows())
        }
        try await eventually("fewer than three segments") { store.view.snapshot().segments.count < 3 }
        #expect(try await store.entries() == naive.rows())
        #expect(store.metrics.maintenanceFailures == 0)
        await store.close()
    }

    @Test func aScanThatBeganBeforeAMergeReadsOn() async throws {
        let directory = try TemporaryDirectory()
        let store = try await makeStore(directory)
        let rows = try await store.storedRows()
        var iterators: [EntryScan.Iterator] = []
        for _ in 0..<3 { iterators.append(store.scan(ScanRequest(memoryByteCountMax: 1 << 14)).makeAsyncIterator()) }
        var found = try await iterators[1].next()?.stored ?? []
        #expect(found.count < rows.count)
        try await store.compact()
        #expect(store.view.snapshot().segments.count == 1)
        while let part = try await iterators[1].next() { found += part.stored }
        #expect(found == rows)
        found = []
        while let part = try await iterators[2].next() { found += part.stored }
        #expect(found == rows)
        iterators = []
        // Only now may the blocks that were merged go.
        try await store.maintenance.mergeAll { _, _ in }
        #expect(try await store.orphansInTheEnd() == [])
        await store.close()
    }

    @Test(arguments: [0, 1, 3])
    func aCancelledMergeChangesNothing(_ stepCount: Int) async throws {
        let directory = try TemporaryDirectory()
        let store = try await makeStore(directory)
        let before = Set(try store.store.everything().filter { $0.family != .meta })
        let merger = Merger(
            environment: store.environment, manifest: store.maintenance.manifest, options: Self.options)
        var steps = 0
        #expect {
            _ = try merger.merge(store.view.snapshot().segments) {
                steps += 1
                return steps > stepCount
            }
        } throws: { ($0 as? LogError)?.code == .cancelled }
        try store.maintenance.removeRetired()
        #expect(Set(try store.store.everything().filter { $0.family != .meta }) == before)
        try await store.maintenance.mergeAll { _, _ in }
        #expect(store.view.snapshot().segments.count == 1)
        #expect(try await store.orphansInTheEnd() == [])
        await store.close()
    }

    /// A segment whose bytes are damaged is left where it is, the others are merged, and no attempt leaves anything.
    @Test(arguments: [ColumnID.shared, ColumnID.message])
    func aDamagedSegmentIsLeftOutAndTheOthersAreMerged(_ column: ColumnID) async throws {
        let directory = try TemporaryDirectory()
        // One session, so that a segment is one block.
        let store = try await makeStore(directory) { ($0.deviceCount, $0.sessionCount) = (1, 1) }
        let rows = try await store.storedRows()
        let damaged = store.view.snapshot().segments[1]
        let key = try #require(
            try store.contents(.blocks).map(\.key).first { key in
                let number = try KeyLayout.number(value: Array(key.dropLast(2).suffix(8)))
                return damaged.record.blockNumbers.contains(number) && key.last == UInt8(column.rawValue)
            })
        try store.flipBit(.blocks, key, at: 9)
        await #expect { try await store.maintenance.mergeAll { _, _ in } } throws: {
            ($0 as? LogError)?.code == .corruption
        }
        let left = store.view.snapshot().segments.map(\.record.id)
        #expect(left.count == 2)
        #expect(left.contains(damaged.record.id))
        #expect(try await store.orphansInTheEnd() == [])
        try await expectPartialAnswer(store, rows)

        // It is not tried again and again.
        let failures = store.metrics.maintenanceFailures
        var factory = EntryFactory(seed: 63)
        for _ in 0..<3 {
            _ = try await store.append(Batch(factory.entries(50)))
            try await store.sealHead()
        }
        try await store.maintenance.mergeAll { _, _ in }
        #expect(store.view.snapshot().segments.count == 2)
        #expect(store.metrics.maintenanceFailures == failures)
        #expect(try await store.orphansInTheEnd() == [])
        await store.close()
    }

    private func expectPartialAnswer(_ store: LogStore, _ rows: [StoredRow]) async throws {
        let scan = store.scan(ScanRequest())
        var found: [StoredRow] = []
        for try await part in scan { found += part.stored }
        #expect(scan.statistics().blocksDamaged == 1)
        #expect(found.count == rows.count - 200)
        #expect(Set(found).isSubset(of: rows))
    }
}
