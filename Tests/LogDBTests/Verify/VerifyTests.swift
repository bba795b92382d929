import LogModel
import Testing

@testable import LogDB

/// A sound store is found sound, whatever it holds and however it came about; each kind of contradiction is found.
struct VerifyTests {
    @Test func aMixedStoreIsSound() async throws {
        let mixed = try await MixedStore.make(seed: 401)
        let report = try await mixed.store.verify()
        #expect(report.damages == [])
        #expect(report.entryCount == mixed.rows.count - Int(mixed.store.metrics.headRows))
        #expect(report.blockCount > 3)
        await mixed.store.close()
    }

    @Test func aStoreWithAColdTierIsSound() async throws {
        let mixed = try await MixedStore.make(seed: 402)
        try await mixed.store.tier(olderThan: .zero)
        let report = try await mixed.store.verify()
        #expect(report.damages == [])
        #expect(report.objectCount == report.segmentCount)
        #expect(report.entryCount == mixed.rows.count)
        await mixed.store.close()
    }

    /// Deletions leave rows that the index still knows, until they are purged.
    @Test func aStoreWithDeletionsIsSound() async throws {
        let mixed = try await MixedStore.make(seed: 403)
        _ = try await mixed.store.delete(.level(LevelSet(.info)), query: "level:INFO", author: "")
        #expect(try await mixed.store.verify().damages == [])
        try await mixed.store.purgeDeleted()
        #expect(try await mixed.store.verify().damages == [])
        await mixed.store.close()
    }

    /// Values that are whole by themselves and disagree with each other.
    @Test func contradictionsAreFound() async throws {
        let mixed = try await MixedStore.make(seed: 404)
        let store = mixed.store
        let records = store.view.snapshot().segments.map(\.record).sorted { $0.id < $1.id }
        func swap(_ key: (UInt64) -> [UInt8]) async throws -> Set<VerificationReport.Damage.Part> {
            let (first, second) = (key(records[0].id), key(records[1].id))
            let before = try #require(try store.store.value(.segments, first))
            try store.put(.segments, first, try #require(try store.store.value(.segments, second)))
            let found = Set(try await store.verify().damages.map(\.part))
            try store.put(.segments, first, before)
            return found
        }
        #expect(try await swap(KeyLayout.segmentCensus) == [.census])
        #expect(try await swap(KeyLayout.segmentDirectory).contains(.directory))
        #expect(try await !swap(KeyLayout.segmentTemplates).isEmpty)

        let page = { (record: SegmentRecord) in KeyLayout.postings(day: record.day, segment: record.id, page: 0) }
        var words = WordIndexBuilder()
        words.add(WordSet(), block: 0)
        let empty = words.finish(blockCount: records[0].blockCount).pages[0]
        let whole = try #require(try store.store.value(.postings, page(records[0])))
        try store.put(.postings, page(records[0]), empty)
        #expect(try await store.verify().damages.map(\.part) == [.index])
        try store.put(.postings, page(records[0]), whole)

        try store.put(.tables, TableKeys.uniqueEntry(1, 1, Array("nobody".utf8)), KeyLayout.number(77))
        #expect(try await store.verify().damages.map(\.part) == [.table])
        #expect(try await store.verify(isRepairing: true).damages.map(\.remedy) == [.rebuilt])
        #expect(try await store.verify().damages == [])
        await store.close()
    }

    @Test func aStoreOfVersionTwoIsSound() async throws {
        let directory = try TemporaryDirectory()
        await (try LogStore.open(at: directory.path)).close()
        let raw = try RocksStore(path: directory.path, cacheByteCount: 1 << 20)
        var write = WriteBatch()
        for (family, key, value) in GoldenStore.version2 {
            write.put(raw, family, Golden.bytes(key), Golden.bytes(value))
        }
        try raw.write(write, synced: true)
        raw.close()
        let store = try await LogStore.open(at: directory.path)
        // The table's schema was said to be of now, so that its entries were not added.
        #expect(try await store.verify(isRepairing: true).damages.allSatisfy { $0.part == .table })
        #expect(try await store.verify().damages == [])
        await store.close()
    }

    /// What RocksDB would take for a new directory, and clear.
    @Test func aStoreWithoutItsCurrentFileIsNotBegunAnew() async throws {
        let directory = try TemporaryDirectory()
        let store = try await LogStore.open(at: directory.path)
        var factory = EntryFactory(seed: 405)
        _ = try await store.append(Batch(factory.entries(20)))
        try await store.compact()
        await store.close()
        let files = try directory.files(".sst")
        try directory.remove("CURRENT")
        await #expect(throws: LogError.self) { try await LogStore.open(at: directory.path) }
        #expect(try directory.files(".sst") == files)
    }
}
