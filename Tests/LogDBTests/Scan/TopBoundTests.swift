import LogModel
import Testing

@testable import LogDB

/// Scans for the first rows leave out blocks by what others are sure to have.
struct TopBoundTests {
    @Test(arguments: [ScanOrder.newestFirst, .oldestFirst])
    func theFirstRowsAreTheSameAsThoseOfAWholeScan(_ order: ScanOrder) async throws {
        let directory = try TemporaryDirectory()
        let store = try await LogStore.open(at: directory.path, options: MixedStore.options)
        var factory = EntryFactory(seed: 310)
        for _ in 0..<6 {
            _ = try await store.append(Batch(factory.entries(700)))
            try await store.sealHead()
        }
        // Not sealed.
        _ = try await store.append(Batch(factory.entries(100)))
        let all = try await store.storedRows(ScanRequest(order: order))
        let blockCount = store.view.snapshot().segments.reduce(0) { $0 + $1.record.blockCount }
        for limit in [1, 2, 10, 63, 200, 701, 5_000] {
            let scan = store.scan(ScanRequest(order: order, limit: limit))
            var found: [StoredRow] = []
            for try await rows in scan { found += rows.stored }
            #expect(found == Array(all.prefix(limit)), "limit \(limit)")
            if limit <= 10 { #expect(scan.statistics().blocksPrunedByTime > blockCount / 2) }
        }
        // Page after page, each from a row that the last one ended with.
        var paged: [StoredRow] = []
        while paged.count < all.count {
            let page = try await store.storedRows(ScanRequest(order: order, limit: 333, after: paged.last?.key))
            if page.isEmpty { break }
            paged += page
        }
        #expect(paged == all)
        await store.close()
    }
}
