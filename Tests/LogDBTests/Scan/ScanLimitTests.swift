import LogModel
import Testing

@testable import LogDB

struct ScanLimitTests {
    @Test func limitsCutTheAnswerShort() async throws {
        let mixed = try await MixedStore.make(seed: 50, rowCount: 400)
        for order in [ScanOrder.newestFirst, .oldestFirst] {
            let whole = mixed.expected(.everything, order: order)
            for limit in [0, 1, 2, 255, 399, 400, 401, 100_000] {
                #expect(
                    try await mixed.store.storedRows(ScanRequest(order: order, limit: limit))
                        == Array(whole.prefix(limit)))
            }
        }
        #expect(try await mixed.store.storedRows(ScanRequest(limit: -1)) == [])
        #expect(try await mixed.store.storedRows(ScanRequest(limit: .min)) == [])
        await mixed.store.close()
    }

    /// Beyond the limits that are answered by keeping the best rows.
    @Test func largeLimitsAreExact() async throws {
        let directory = try TemporaryDirectory()
        let store = try await LogStore.open(at: directory.path)
        let limit = ScanCursor.topRowCountMax + 300
        var batch = Batch()
        for time in 0..<(limit + 5_000) { batch.append(RawEntry(time: Int64(time)), device: "D") }
        _ = try await store.append(batch)
        for order in [ScanOrder.newestFirst, .oldestFirst] {
            var times: [Int64] = []
            for try await rows in store.scan(ScanRequest(order: order, limit: limit)) {
                #expect(rows.count <= ScanCursor.chunkRowCount)
                times += rows.batch.times
            }
            let first = order == .newestFirst ? Int64(limit + 4_999) : 0
            #expect(times == (0..<limit).map { first + Int64($0) * (order == .newestFirst ? -1 : 1) })
        }
        await store.close()
    }

    /// The newest rows of a store with many blocks come from few of them.
    @Test func aLimitReadsOnlyTheBlocksItNeeds() async throws {
        let directory = try TemporaryDirectory()
        var options = MixedStore.options
        // Each further thread would read a block ahead.
        options.scanThreadCount = 1
        let store = try await LogStore.open(at: directory.path, options: options)
        var batch = Batch()
        for time in 0..<10_000 { batch.append(RawEntry(time: Int64(time)), device: "D") }
        _ = try await store.append(batch)
        try await store.sealHead()
        let scan = store.scan(ScanRequest(limit: 10))
        for try await rows in scan { #expect(rows.batch.times == (9_990..<10_000).reversed()) }
        #expect(scan.statistics().blocksTotal == 40)
        #expect(scan.statistics().blocksRead == 1)
        await store.close()
    }
}
