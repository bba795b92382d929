import Foundation
import LogModel
import Testing

@testable import LogDB

/// What is damaged is made again out of what is sound; what cannot be is set aside and counted, and nothing else is lost.
struct RepairTests {
    private static func options(_ objects: FaultyObjects? = nil) -> Options {
        var options = MixedStore.options
        options.coldObjects = objects
        return options
    }

    /// Three segments of 600 rows in several blocks.
    private func make(
        _ directory: TemporaryDirectory, _ options: Options = options(), seed: UInt64 = 411
    ) async throws -> (store: LogStore, rows: [StoredRow]) {
        let store = try await LogStore.open(at: directory.path, options: options)
        var factory = EntryFactory(seed: seed)
        for _ in 0..<3 {
            _ = try await store.append(Batch(factory.entries(600)))
            try await store.sealHead()
        }
        return (store, try await store.storedRows())
    }

    private func first(_ store: LogStore) -> SegmentRecord {
        store.view.snapshot().segments.map(\.record).min { $0.id < $1.id }!
    }

    private func word(_ store: LogStore) async throws -> [StoredRow] {
        try await store.storedRows(ScanRequest(filter: .text(.word(Array("gps".utf8)))))
    }

    enum Rebuildable: CaseIterable {
        case index, missingIndex, census
    }

    @Test(arguments: Rebuildable.allCases)
    func whatFollowsFromBlocksIsMadeAgain(_ part: Rebuildable) async throws {
        let directory = try TemporaryDirectory()
        let (store, rows) = try await make(directory)
        let words = try await word(store)
        let record = first(store)
        let page = KeyLayout.postings(day: record.day, segment: record.id, page: 0)
        switch part {
        case .index: try store.flipBit(.postings, page, at: 40)
        case .missingIndex: try store.remove(.postings, page)
        case .census: try store.flipBit(.segments, KeyLayout.segmentCensus(record.id), at: 5)
        }
        let found = try await store.verify()
        #expect(found.damages.map(\.part) == [part == .census ? .census : .index])
        #expect(found.damages.map(\.entryCount) == [0])
        let repaired = try await store.verify(isRepairing: true)
        #expect(repaired.damages.map(\.remedy) == [.rebuilt])
        #expect(try await store.verify().damages == [])
        #expect(try await store.storedRows() == rows)
        #expect(try await word(store) == words)
        #expect(try await store.storageReport().setAsideEntries == 0)
        #expect(try await store.orphansInTheEnd() == [])
        await store.close()
    }

    @Test func aBlockThatDoesNotReadIsSetAsideAlone() async throws {
        let directory = try TemporaryDirectory()
        let (store, rows) = try await make(directory)
        let segment = store.view.snapshot().segments.min { $0.record.id < $1.record.id }!
        let blocks = try store.environment.directories.directory(of: segment).blocks
        #expect(blocks.count > 1)
        try store.flipBit(.blocks, KeyLayout.column(blocks[0].key, ColumnID.message.rawValue), at: 9)
        let found = try await store.verify()
        #expect(found.damages.map(\.part) == [.block])
        #expect(found.damages.map(\.entryCount) == [UInt64(blocks[0].rowCount)])
        #expect(try await store.verify(isRepairing: true).damages.map(\.remedy) == [.setAside])
        #expect(try await store.verify().damages == [])
        let left = try await store.storedRows()
        #expect(left.count == rows.count - blocks[0].rowCount)
        #expect(Set(left).isSubset(of: rows))
        #expect(try await store.storageReport().setAsideEntries == UInt64(blocks[0].rowCount))
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path + "/damaged").count == 1)
        await store.close()
        let reopened = try await LogStore.open(at: directory.path, options: Self.options())
        #expect(try await reopened.storedRows() == left)
        #expect(try reopened.setAside().map(\.blockCount) == [1])
        await reopened.close()
    }

    @Test(arguments: [KeyLayout.segmentDirectoryPrefix, KeyLayout.segmentTemplatesPrefix])
    func aSegmentWithoutItsDirectoryIsSetAside(_ prefix: UInt8) async throws {
        let directory = try TemporaryDirectory()
        var (store, rows) = try await make(directory)
        let record = first(store)
        let key = [prefix] + KeyLayout.segmentRecord(record.id).dropFirst()
        try store.flipBit(.segments, key, at: 20)
        await store.close()
        store = try await LogStore.open(at: directory.path, options: Self.options())
        let found = try await store.verify()
        #expect(found.damages.map(\.entryCount) == [record.rowCount])
        #expect(try await store.verify(isRepairing: true).damages.map(\.remedy) == [.setAside])
        #expect(try await store.verify().damages == [])
        #expect(try await store.storedRows() == rows.filter { $0.key.sequence > record.rowCount })
        #expect(try await store.storageReport().setAsideEntries == record.rowCount)
        await store.close()
        rows = []
    }

    /// A cold segment's object has a copy of all that the hot store knows of it.
    @Test(arguments: [
        KeyLayout.segmentDirectoryPrefix, KeyLayout.segmentTemplatesPrefix, KeyLayout.segmentCensusPrefix,
    ])
    func whatTheObjectHasIsPutBack(_ prefix: UInt8) async throws {
        let directory = try TemporaryDirectory()
        let objects = FaultyObjects(directory.path + "/cold")
        var (store, rows) = try await make(directory, Self.options(objects))
        try await store.tier(olderThan: .zero)
        let key = [prefix] + KeyLayout.segmentRecord(first(store).id).dropFirst()
        try store.flipBit(.segments, key, at: 20)
        await store.close()
        store = try await LogStore.open(at: directory.path, options: Self.options(objects))
        #expect(try await !store.verify().isSound)
        #expect(try await store.verify(isRepairing: true).damages.map(\.remedy) == [.rebuilt])
        #expect(try await store.verify().damages == [])
        #expect(try await store.storedRows() == rows)
        await store.close()
        rows = []
    }

    /// A tier that cannot be reached says nothing about what it holds: it is reported, and nothing is taken away.
    @Test func anUnreachableTierIsNotRepaired() async throws {
        let directory = try TemporaryDirectory()
        let objects = FaultyObjects(directory.path + "/cold")
        let (store, rows) = try await make(directory, Self.options(objects))
        try await store.tier(olderThan: .zero)
        objects.failReads(after: 0)
        let report = try await store.verify(isRepairing: true)
        #expect(!report.isSound)
        #expect(report.damages.allSatisfy { $0.remedy == .none })
        objects.failReads(after: .max)
        #expect(try await store.verify().damages == [])
        #expect(try await store.storedRows() == rows)
        await store.close()
    }
}
