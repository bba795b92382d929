import LogModel
import Testing

@testable import LogDB

/// Values of attributes and identifiers in the index.
struct IndexTermTests {
    private func statistics(_ store: LogStore, _ filter: Filter) async throws -> (rows: Int, ScanStatistics) {
        let scan = store.scan(ScanRequest(filter: filter))
        var count = 0
        for try await rows in scan { count += rows.count }
        return (count, scan.statistics())
    }

    @Test func aRareValueReadsItsBlockOnly() async throws {
        let directory = try TemporaryDirectory()
        let store = try await LogStore.open(at: directory.path, options: MixedStore.options)
        var batch = Batch()
        for index in 0..<2_000 {
            batch.append(
                Entry(
                    time: Timestamp(microseconds: Int64(index)), device: "d", thread: "T-\(index / 4)",
                    message: "m",
                    context: [
                        .init("request_id", "Re\(index / 4)é"), .init("thread", "T-\(index % 7)"),
                    ]))
        }
        _ = try await store.append(batch)
        try await store.sealHead()
        for (filter, rowCount) in [
            (Filter.value(.context("request_id"), .equals(Array("RE77É".utf8), caseSensitive: false)), 4),
            (.value(.context("request_id"), .equals(Array("Re77é".utf8), caseSensitive: true)), 4),
            (.value(.context("request_id"), .equals(Array("re77é".utf8), caseSensitive: true)), 0),
            (.value(.thread, .equals(Array("t-77".utf8), caseSensitive: false)), 4),
        ] {
            let (rows, statistics) = try await statistics(store, filter)
            #expect(rows == rowCount, "\(filter)")
            #expect(statistics.blocksRead <= 1)
            #expect(statistics.blocksPrunedByIndex >= statistics.blocksTotal - 1)
        }
        // An attribute named as an identifier is another field.
        let (rows, _) = try await statistics(
            store, .value(.context("thread"), .equals(Array("t-3".utf8), caseSensitive: false)))
        #expect(rows == (0..<2_000).count { $0 % 7 == 3 })
        await store.close()
    }
}
