import LogModel
import Synchronization
import Testing

@testable import LogDB

struct CompactionTests {
    @Test func compactionLeavesOneSegmentADayAndNothingElse() async throws {
        let directory = try TemporaryDirectory()
        var options = MixedStore.options
        options.mergeFanIn = 64
        options.mergeRowCountMax = 1 << 20
        let store = try await LogStore.open(at: directory.path, options: options)
        var factory = EntryFactory(seed: 95)
        var naive = NaiveStore()
        for part in 0..<6 {
            let entries = factory.entries(250)
            naive.append(entries.map(\.normalized))
            _ = try await store.append(Batch(entries))
            if part % 2 == 0 { try await store.sealHead() }
            if part == 3 { factory.now += Timestamp.microsecondsPerDay }
        }
        let progress = Mutex<[(Double, String)]>([])
        try await store.compact { done, detail in progress.withLock { $0.append((done, detail)) } }
        let steps = progress.withLock { $0 }
        #expect(steps.first?.0 == 0 && steps.last?.0 == 1)
        #expect(zip(steps, steps.dropFirst()).allSatisfy { $0.0 <= $1.0 })
        #expect(steps.allSatisfy { !$0.1.isEmpty })
        #expect(try await store.entries() == naive.rows())
        #expect(store.view.snapshot().segments.count == Set(naive.entries.map(\.time.day)).count)
        #expect(store.metrics.headRows == 0)
        #expect(try store.contents(.staging).isEmpty)
        #expect(try store.orphans() == [])
        let report = try await store.storageReport()
        #expect(report.hot.entries == UInt64(naive.entries.count))
        #expect(report.columns.reduce(0) { $0 + $1.bytes } == report.hot.bytes)

        // Once more changes nothing.
        let before = try store.store.everything()
        try await store.compact()
        #expect(try store.store.everything() == before)
        await store.close()
    }

    @Test func entriesThatComeDuringACompactionAreKept() async throws {
        let directory = try TemporaryDirectory()
        var options = MixedStore.options
        options.mergeFanIn = 2
        options.mergeRowCountMax = 1 << 20
        let store = try await LogStore.open(at: directory.path, options: options)
        let writer = Task {
            var factory = EntryFactory(seed: 96)
            var entries: [Entry] = []
            for _ in 0..<40 {
                let part = factory.entries(30)
                _ = try await store.append(Batch(part))
                entries += part.map(\.normalized)
            }
            return entries
        }
        for _ in 0..<4 { try await store.compact() }
        var naive = NaiveStore()
        naive.append(try await writer.value)
        #expect(try await store.entries() == naive.rows())
        try await store.compact()
        #expect(try await store.entries() == naive.rows())
        #expect(try store.orphans() == [])
        #expect(store.metrics.maintenanceFailures == 0)
        await store.close()
    }

    @Test func aClosedStoreIsNotCompacted() async throws {
        let directory = try TemporaryDirectory()
        let store = try await LogStore.open(at: directory.path)
        await store.close()
        await #expect { try await store.compact() } throws: { ($0 as? LogError)?.code == .closed }
    }
}
