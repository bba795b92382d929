import LogModel
import Testing

@testable import LogDB

/// Answers page by page.
struct PagingTests {
    /// All rows in pages of `limit`; between the pages `pause` runs.
    private func pages(
        _ store: LogStore, _ order: ScanOrder, limit: Int, filter: Filter = .everything,
        pause: (Int) async throws -> Void = { _ in }
    ) async throws -> [StoredRow] {
        var found: [StoredRow] = []
        var number = 0
        while true {
            let page = try await store.storedRows(
                ScanRequest(filter: filter, order: order, limit: limit, after: found.last?.key))
            #expect(page.count <= limit)
            if page.isEmpty { return found }
            found += page
            number += 1
            try await pause(number)
        }
    }

    @Test(arguments: [ScanOrder.newestFirst, .oldestFirst])
    func pagesTogetherAreTheWholeAnswer(_ order: ScanOrder) async throws {
        let mixed = try await MixedStore.make(seed: 40, rowCount: 600)
        let filter = Filter.level(.atLeast(.warn))
        for limit in [7, 100] {
            #expect(try await pages(mixed.store, order, limit: limit) == mixed.expected(.everything, order: order))
            #expect(
                try await pages(mixed.store, order, limit: limit, filter: filter)
                    == mixed.expected(filter, order: order))
        }
        await mixed.store.close()
    }

    /// Entries of one time in several streams, so that pages end within it.
    @Test(arguments: [ScanOrder.newestFirst, .oldestFirst])
    func pagesEndWithinOneTime(_ order: ScanOrder) async throws {
        let mixed = try await MixedStore.make(seed: 41, rowCount: 300) { $0.stepMax = 0 }
        #expect(Set(mixed.rows.map(\.entry.time)).count <= 6)
        #expect(try await pages(mixed.store, order, limit: 7) == mixed.expected(.everything, order: order))
        await mixed.store.close()
    }

    /// Each row that was there when the paging began comes exactly once, whatever is appended, sealed and merged meanwhile.
    @Test(arguments: [ScanOrder.newestFirst, .oldestFirst])
    func pagesStayWholeWhileTheStoreChanges(_ order: ScanOrder) async throws {
        let mixed = try await MixedStore.make(seed: 42, rowCount: 500)
        let store = mixed.store
        var factory = EntryFactory(seed: 43)
        factory.now = mixed.rows[250].entry.time.microseconds
        let found = try await pages(store, order, limit: 7) { number in
            if number % 3 == 0 { _ = try await store.append(Batch(factory.entries(9))) }
            if number % 25 == 0 { try await store.sealHead() }
            if number == 40 { try await store.compact() }
        }
        #expect(Set(found.map(\.key)).count == found.count)
        let before = Set(mixed.rows.map(\.key))
        #expect(found.filter { before.contains($0.key) } == mixed.expected(.everything, order: order))
        #expect(found.count > before.count)
        await store.close()
    }

    /// The key need not be that of a row.
    @Test(arguments: [ScanOrder.newestFirst, .oldestFirst])
    func aPageMayBeginAfterAnyKey(_ order: ScanOrder) async throws {
        let mixed = try await MixedStore.make(seed: 44, rowCount: 200)
        let whole = mixed.expected(.everything, order: order)
        let edge = order == .newestFirst ? Int64.max : .min
        var key = EntryKey(time: edge, device: 1, session: 0, sequence: 0)
        #expect(try await mixed.store.storedRows(ScanRequest(order: order, after: key)) == whole)
        key.time = order == .newestFirst ? .min : .max
        #expect(try await mixed.store.storedRows(ScanRequest(order: order, after: key)) == [])
        key = whole[77].key
        key.time += order == .newestFirst ? 1 : -1
        let rest = whole.filter { order == .newestFirst ? $0.key.time < key.time : $0.key.time > key.time }
        let found = try await mixed.store.storedRows(ScanRequest(order: order, after: key))
        #expect(found.count >= rest.count)
        #expect(Array(found.suffix(rest.count)) == rest)
        await mixed.store.close()
    }

    /// A key that names streams which the store never had is no damage.
    @Test(arguments: [ScanOrder.newestFirst, .oldestFirst])
    func aKeyOfUnknownStreamsLosesNoRows(_ order: ScanOrder) async throws {
        let mixed = try await MixedStore.make(seed: 45, rowCount: 200)
        let whole = mixed.expected(.everything, order: order)
        var key = whole[50].key
        key.device = 999_999
        key.session = 999_999
        for limit in [nil, 400] {
            let scan = mixed.store.scan(ScanRequest(order: order, limit: limit, after: key))
            var found: [StoredRow] = []
            for try await rows in scan { found += rows.stored }
            #expect(scan.statistics().blocksDamaged == 0)
            let rest = whole.filter { order == .newestFirst ? $0.key.time < key.time : $0.key.time > key.time }
            #expect(Array(found.suffix(rest.count)) == rest)
        }
        await mixed.store.close()
    }
}
