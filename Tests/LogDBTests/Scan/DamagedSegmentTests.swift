import LogModel
import Testing

@testable import LogDB

/// A segment whose bytes are damaged takes nothing else with it, and no answer passes over it in silence.
struct DamagedSegmentTests {
    /// What of a segment is damaged.
    enum Part: CaseIterable {
        case directory
        case block
    }

    /// Two segments of 200 rows, the first of which is damaged.
    private func makeStore(
        _ part: Part, _ directory: TemporaryDirectory
    ) async throws -> (store: LogStore, lost: [StoredRow], left: [StoredRow]) {
        var store = try await LogStore.open(at: directory.path, options: MixedStore.options)
        var factory = EntryFactory(seed: 98)
        factory.deviceCount = 1
        factory.sessionCount = 1
        for _ in 0..<2 {
            _ = try await store.append(Batch(factory.entries(200)))
            try await store.sealHead()
        }
        let rows = try await store.storedRows()
        let record = store.view.snapshot().segments.map(\.record).min { $0.id < $1.id }!
        switch part {
        case .directory: try store.flipBit(.segments, KeyLayout.segmentDirectory(record.id), at: 12)
        case .block:
            for (key, value) in try store.contents(.blocks) {
                let number = try KeyLayout.number(value: Array(key.dropLast(2).suffix(8)))
                guard record.blockNumbers.contains(number) else { continue }
                // Columns that lie together have a checksum each.
                for place in stride(from: 3, to: value.count, by: 5) { try store.flipBit(.blocks, key, at: place) }
            }
        }
        await store.close()
        store = try await LogStore.open(at: directory.path, options: MixedStore.options)
        return (store, rows.filter { $0.key.sequence <= 200 }, rows.filter { $0.key.sequence > 200 })
    }

    @Test(arguments: Part.allCases)
    func scansAnswerFromTheRestAndSaySo(_ part: Part) async throws {
        let directory = try TemporaryDirectory()
        let (store, _, left) = try await makeStore(part, directory)
        for request in [
            ScanRequest(), ScanRequest(limit: 300), ScanRequest(order: .oldestFirst, memoryByteCountMax: 1 << 16),
        ] {
            let scan = store.scan(request)
            var found: [StoredRow] = []
            for try await rows in scan { found += rows.stored }
            #expect(found == (request.order == .newestFirst ? left : left.reversed()))
            #expect(scan.statistics().blocksDamaged == 1)
        }
        // What one block alone could answer, were it not damaged.
        for order in [ScanOrder.newestFirst, .oldestFirst] {
            let scan = store.scan(ScanRequest(order: order, limit: 150))
            var found: [StoredRow] = []
            for try await rows in scan { found += rows.stored }
            #expect(found == Array((order == .newestFirst ? left : left.reversed()).prefix(150)))
            #expect(scan.statistics().blocksDamaged == 1)
        }
        let counts = try await store.aggregate(AggregateRequest(keys: [.field(.thread)]))
        #expect(counts.groups.reduce(0) { $0 + $1.count } == 200)
        #expect(counts.statistics.blocksDamaged == 1)
        await store.close()
    }

    @Test(arguments: Part.allCases)
    func lookupsNeverTakeWhatCannotBeReadForWhatIsNotThere(_ part: Part) async throws {
        let directory = try TemporaryDirectory()
        let (store, lost, left) = try await makeStore(part, directory)
        await expectCorruption { _ = try await store.entry(lost[50].key) }
        await expectCorruption { _ = try await store.context(of: lost[50].key, before: 1, after: 1) }
        // The neighbours of one that is there may be among those that are lost.
        await expectCorruption { _ = try await store.context(of: left[10].key, before: 300, after: 0) }
        await expectCorruption { _ = try await store.fieldNames(range: .all, filter: .everything) }
        #expect(try await store.entry(left[10].key).stored == [left[10]])
        await store.close()
    }

    private func expectCorruption(
        sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
    ) async {
        await #expect(sourceLocation: sourceLocation) { try await body() } throws: {
            ($0 as? LogError)?.code == .corruption
        }
    }
}
