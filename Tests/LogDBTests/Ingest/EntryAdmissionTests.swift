import LogModel
import Testing

@testable import LogDB

struct EntryAdmissionTests {
    private func entry(_ time: Int64, _ context: [Entry.Attribute] = []) -> Entry {
        Entry(time: Timestamp(microseconds: time), device: "D", session: "S", message: "m \(time)", context: context)
    }

    @Test func theLastMomentOfAllIsRefusedAndTheRestIsKept() async throws {
        let directory = try TemporaryDirectory()
        let store = try await LogStore.open(at: directory.path)
        let receipt = try await store.append(Batch([entry(5), entry(.max), entry(.max - 1)]))
        #expect(receipt.accepted == 2)
        #expect(receipt.rejected.map(\.index) == [1])
        #expect(receipt.rejected.map(\.code) == ["invalid_time"])
        #expect(try await store.entries().map(\.time.microseconds) == [.max - 1, 5])
        #expect(store.metrics.entriesRejected == 1)
        await store.close()
    }

    @Test func ofAKeyThatStandsTwiceInAnEntryTheLastValueCounts() async throws {
        let directory = try TemporaryDirectory()
        let store = try await LogStore.open(at: directory.path)
        let entries = [
            entry(1, [.init("a", "1"), .init("b", "2"), .init("a", "3"), .init("a", "4")]),
            entry(2, [.init("a", "1")]), entry(3), entry(4, [.init("b", ""), .init("b", "")]),
        ]
        let expected = [
            entry(1, [.init("a", "4"), .init("b", "2")]), entry(2, [.init("a", "1")]), entry(3),
            entry(4, [.init("b", "")]),
        ]
        _ = try await store.append(Batch(entries))
        let filter = Filter.value(.context("a"), .equals(Array("1".utf8), caseSensitive: true))
        for _ in 0..<2 {
            #expect(try await store.entries(ScanRequest(order: .oldestFirst)) == expected)
            #expect(try await store.entries(ScanRequest(filter: filter)) == [expected[1]])
            try await store.sealHead()
        }
        await store.close()
    }

    /// What is acknowledged is found again: a batch that could not be read back is refused.
    @Test func aBatchThatStagingCouldNotReadBackIsRefused() async throws {
        let directory = try TemporaryDirectory()
        var store = try await LogStore.open(at: directory.path)
        var batch = Batch()
        let text = [UInt8](repeating: 0x61, count: 1 << 20)
        for time in 0..<65 { batch.append(RawEntry(time: Int64(time), message: text), device: "D") }
        await #expect { try await store.append(batch) } throws: { ($0 as? LogError)?.code == .invalidArgument }
        #expect(try await store.append(Batch([entry(7)])).accepted == 1)
        await store.close()
        store = try await LogStore.open(at: directory.path)
        #expect(try await store.entries() == [entry(7)])
        await store.close()
    }
}
