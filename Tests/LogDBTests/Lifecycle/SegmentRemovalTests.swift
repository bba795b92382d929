import LogModel
import Testing

@testable import LogDB

/// What a crash leaves of a seal, a merge or an expiry is gone after the next open, and nothing else is.
struct SegmentRemovalTests {
    private static let day = Timestamp(microseconds: EntryFactory(seed: 0).now).day

    /// A store of two segments of one day, its rows and its keys.
    private func makeStore(_ directory: TemporaryDirectory) async throws -> LogStore {
        let store = try await LogStore.open(at: directory.path, options: MixedStore.options)
        var factory = EntryFactory(seed: 81)
        for _ in 0..<2 {
            _ = try await store.append(Batch(factory.entries(300)))
            try await store.sealHead()
        }
        return store
    }

    /// Opens the store after `damage` and expects the rows and keys that were there before.
    private func expectCleaned(
        sourceLocation: SourceLocation = #_sourceLocation, _ damage: (LogStore) throws -> Void
    ) async throws {
        let directory = try TemporaryDirectory()
        var store = try await makeStore(directory)
        let rows = try await store.storedRows()
        let keys = Set(try store.store.everything().filter { $0.family != .meta })
        try damage(store)
        #expect(Set(try store.store.everything().filter { $0.family != .meta }) != keys, sourceLocation: sourceLocation)
        await store.close()
        store = try await LogStore.open(at: directory.path, options: MixedStore.options)
        #expect(try await store.storedRows() == rows, sourceLocation: sourceLocation)
        #expect(
            Set(try store.store.everything().filter { $0.family != .meta }) == keys, sourceLocation: sourceLocation)
        await store.close()
    }

    /// Puts a copy of a live segment's keys under other numbers, with `state`.
    private func copySegment(_ store: LogStore, as state: SegmentRecord.State) throws {
        let live = store.view.snapshot().segments[0].record
        var record = live
        record.id = 900
        record.state = state
        record.blockNumbers = 50_000..<50_300
        var directory = try store.environment.directories.directory(of: store.view.snapshot().segments[0])
        for (index, block) in directory.blocks.enumerated() {
            let number = record.blockNumbers.lowerBound + UInt64(index)
            var copy = block
            copy.key.number = number
            for (key, copied) in zip(block.storedKeys, copy.storedKeys) {
                try store.put(.blocks, copied, try #require(try store.store.value(.blocks, key)))
            }
            directory.blocks[index].key.number = number
        }
        for page in 0..<live.postingPageCount {
            let value = try store.store.value(
                .postings, KeyLayout.postings(day: live.day, segment: live.id, page: page))
            try store.put(
                .postings, KeyLayout.postings(day: live.day, segment: 900, page: page), try #require(value))
        }
        try store.put(.segments, KeyLayout.segmentDirectory(900), directory.encode())
        try store.put(.segments, KeyLayout.segmentRecord(900), record.encode())
    }

    @Test func aSegmentThatWasBegunAndNotFinishedIsRemoved() async throws {
        try await expectCleaned { try copySegment($0, as: .building) }
        // Before its directory was written, and before anything was.
        try await expectCleaned { store in
            try copySegment(store, as: .building)
            try store.remove(.segments, KeyLayout.segmentDirectory(900))
        }
        try await expectCleaned { store in
            let record = SegmentRecord(id: 900, state: .building, day: 0, blockNumbers: 50_000..<50_001)
            try store.put(.segments, KeyLayout.segmentRecord(900), record.encode())
        }
    }

    @Test func aSegmentThatWasRetiredAndNotRemovedIsRemoved() async throws {
        try await expectCleaned { try copySegment($0, as: .retired) }
        // Its directory does not read, or is gone: its blocks are found by their numbers.
        try await expectCleaned { store in
            try copySegment(store, as: .retired)
            try store.flipBit(.segments, KeyLayout.segmentDirectory(900), at: 5)
        }
        try await expectCleaned { store in
            try copySegment(store, as: .retired)
            try store.remove(.segments, KeyLayout.segmentDirectory(900))
        }
    }

    /// Blocks of a number that was used must never look like those of a new segment.
    @Test func numbersAreNotGivenAgain() async throws {
        let directory = try TemporaryDirectory()
        var store = try await makeStore(directory)
        let last = store.view.snapshot().segments.map(\.record).max { $0.id < $1.id }!
        try store.maintenance.expire(before: .now)
        try store.maintenance.removeRetired()
        #expect(try store.contents(.segments).isEmpty)
        for _ in 0..<2 {
            await store.close()
            store = try await LogStore.open(at: directory.path, options: MixedStore.options)
        }
        _ = try await store.append(Batch([Entry(time: Timestamp(microseconds: 1), device: "D", message: "m")]))
        try await store.sealHead()
        let new = store.view.snapshot().segments[0].record
        #expect(new.id > last.id)
        #expect(new.blockNumbers.lowerBound >= last.blockNumbers.upperBound)
        await store.close()
    }

    @Test func aDamagedRecordIsRefusedAndNotPassedOver() async throws {
        let directory = try TemporaryDirectory()
        let store = try await makeStore(directory)
        try store.flipBit(.segments, KeyLayout.segmentRecord(store.view.snapshot().segments[0].record.id), at: 3)
        await store.close()
        await #expect {
            await (try LogStore.open(at: directory.path, options: MixedStore.options)).close()
        } throws: {
            ($0 as? LogError)?.code == .corruption
        }
    }
}
