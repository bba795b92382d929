import LogModel
import Testing

@testable import LogDB

struct BlockColumnCacheTests {
    private func columns(byteCount: Int) -> BlockColumns {
        let columns = BlockColumns(contextKeyCount: 0)
        columns.decodedByteCount = byteCount
        return columns
    }

    @Test func whatIsGivenIsTakenOnce() {
        let cache = BlockColumnCache(byteCountMax: 1 << 20)
        let given = columns(byteCount: 100)
        #expect(cache.take(7) == nil)
        cache.give(given, of: 7)
        #expect(cache.take(8) == nil)
        #expect(cache.take(7) === given)
        #expect(cache.take(7) == nil)
        #expect(cache.byteCount == 0)
    }

    @Test func theBoundHoldsAndWhatIsUsedStays() {
        let cache = BlockColumnCache(byteCountMax: 1 << 20)
        for block in 0..<1_000 {
            cache.give(columns(byteCount: 10_000), of: UInt64(block))
            #expect(cache.byteCount <= 1 << 20)
            if let used = cache.take(3) { cache.give(used, of: 3) }
        }
        #expect(cache.take(3) != nil)
        #expect(cache.take(4) == nil)
        #expect(cache.take(999) != nil)
    }

    @Test func oneThatIsLargerThanItsShareIsNotKept() {
        let cache = BlockColumnCache(byteCountMax: 1 << 20)
        cache.give(columns(byteCount: 1 << 18), of: 1)
        #expect(cache.byteCount == 0)
        let none = BlockColumnCache(byteCountMax: 0)
        none.give(columns(byteCount: 1), of: 1)
        #expect(none.take(1) == nil)
    }

    @Test func blocksThatAreNoMoreAreForgotten() {
        let cache = BlockColumnCache(byteCountMax: 1 << 20)
        for block in UInt64(1)...10 { cache.give(columns(byteCount: 60_000), of: block) }
        cache.remove(2..<10)
        #expect(cache.take(2) == nil && cache.take(9) == nil)
        #expect(cache.take(1) != nil && cache.take(10) != nil)
        #expect(cache.byteCount == 0)
    }

    /// A group that is kept leaves what it has decoded to the next one of its block, which then decodes nothing again.
    @Test func theNextGroupFindsWhatTheLastDecoded() throws {
        var random = RawEntryRandom(seed: 3)
        let sample = BlockSample(Rows.sample(random.entries(300)), isShared: true)
        let cache = BlockColumnCache(byteCountMax: 1 << 24)
        func read(isKept: Bool) throws -> (decoded: Int, fetched: Int) {
            let group = sample.open(cache: cache, isKept: isKept)
            _ = try group.times()
            _ = try group.identifiers(.module)
            _ = try group.messageColumn()
            return (group.bytesDecoded, group.bytesFetched)
        }
        #expect(try read(isKept: false).decoded > 0)
        #expect(cache.byteCount == 0)
        #expect(try read(isKept: true).fetched > 0)
        #expect(cache.byteCount > 0)
        for _ in 0..<2 { #expect(try read(isKept: false) == (0, 0)) }
        let rows = try sample.rows()
        let group = sample.open(cache: cache)
        var found = Rows()
        try RowExtractor(group, names: nil).append(Array(0..<300), to: &found)
        #expect(found.raw == rows.raw)
    }

    /// Two scans of one store at the same time, again and again: each has columns of its own.
    @Test func scansAtTheSameTimeFindTheSame() async throws {
        let directory = try TemporaryDirectory()
        let store = try await LogStore.open(at: directory.path, options: MixedStore.options)
        var factory = EntryFactory(seed: 12)
        for _ in 0..<4 {
            _ = try await store.append(Batch(factory.entries(500)))
            try await store.sealHead()
        }
        let expected = try await store.storedRows(ScanRequest(limit: 700))
        #expect(store.environment.columns.byteCount > 0)
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<16 {
                group.addTask { (try? await store.storedRows(ScanRequest(limit: 700))) == expected }
            }
            for await isSame in group { #expect(isSame) }
        }
        await store.close()
    }
}
