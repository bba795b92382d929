import LogModel
import Testing

@testable import LogDB

/// A store as its users see it, in memory, sealed, merged and reopened: the answers never change.
struct LogStoreTests {
    private static let small: Options = {
        var options = Options()
        options.headRowCountMax = 1_024
        options.blockRowCountMax = 256
        options.mergeFanIn = 4
        return options
    }()

    @Test func everyEntryIsFoundInOrderBeforeAndAfterSealingMergingAndReopening() async throws {
        let directory = try TemporaryDirectory()
        var store = try await LogStore.open(at: directory.path, options: Self.small)
        var factory = EntryFactory(seed: 1)
        var naive = NaiveStore()
        for count in [1, 7, 100, 400, 900, 3, 250, 1_200, 64, 5, 2_000] {
            let entries = factory.entries(count)
            let receipt = try await store.append(Batch(entries))
            #expect(receipt.accepted == count)
            naive.append(entries.map(\.normalized))
            #expect(try await store.entries(ScanRequest(limit: 10)) == Array(naive.rows().prefix(10)))
        }
        #expect(try await store.entries() == naive.rows())
        #expect(try await store.entries(ScanRequest(order: .oldestFirst)) == naive.rows(order: .oldestFirst))
        try await store.sealHead()
        #expect(store.metrics.headRows == 0)
        #expect(try await store.entries() == naive.rows())
        try await store.compact()
        #expect(try await store.entries() == naive.rows())
        let report = try await store.storageReport()
        #expect(report.hot.entries == UInt64(naive.entries.count))
        #expect(report.segments == 1)
        let late = factory.entries(300)
        _ = try await store.append(Batch(late))
        naive.append(late.map(\.normalized))
        await store.close()
        store = try await LogStore.open(at: directory.path, options: Self.small)
        #expect(try await store.entries() == naive.rows())
        #expect(try await store.entries(ScanRequest(order: .oldestFirst)) == naive.rows(order: .oldestFirst))
        #expect(try await store.checkTables() == [])
        await store.close()
    }
}
