import Foundation
import LogModel
import ObjectStore
import Synchronization
import Testing

@testable import LogDB

/// A directory of objects that can be made to fail.
final class FaultyObjects: ObjectStore {
    let real: DirectoryObjectStore
    /// Reads and writes that still go well.
    private let readsLeft = Mutex(Int.max)
    private let putsLeft = Mutex(Int.max)
    let readByteCount = Mutex(0)

    init(_ root: String) { real = DirectoryObjectStore(root) }

    func failReads(after count: Int) { readsLeft.withLock { $0 = count } }
    func failPuts(after count: Int) { putsLeft.withLock { $0 = count } }

    private static func take(_ left: borrowing Mutex<Int>) throws(ObjectStoreError) {
        let isGood = left.withLock { left in
            if left > 0, left < .max { left -= 1 }
            return left > 0
        }
        if !isGood { throw ObjectStoreError(.io, "the network is down", location: "test") }
    }

    func put(_ key: String, fileAt path: String) throws(ObjectStoreError) {
        try FaultyObjects.take(putsLeft)
        try real.put(key, fileAt: path)
    }

    func replace(_ key: String, fileAt path: String) throws(ObjectStoreError) { try real.replace(key, fileAt: path) }
    func byteCount(of key: String) throws(ObjectStoreError) -> UInt64? { try real.byteCount(of: key) }

    func read(
        _ key: String, at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer
    ) throws(ObjectStoreError) -> Int {
        try FaultyObjects.take(readsLeft)
        readByteCount.withLock { $0 += buffer.count }
        return try real.read(key, at: offset, into: buffer)
    }

    func remove(_ key: String) throws(ObjectStoreError) { try real.remove(key) }

    func keys(after key: String?, limit: Int) throws(ObjectStoreError) -> [String] {
        try real.keys(after: key, limit: limit)
    }

    var all: [String] { (try? real.keys(after: nil, limit: .max)) ?? [] }
}

struct ColdTierTests {
    private static func options(_ objects: FaultyObjects? = nil) -> Options {
        var options = Options()
        options.blockRowCountMax = 256
        options.coldBlockRowCountMax = 512
        options.mergeFanIn = 64
        options.coldObjects = objects
        return options
    }

    private func open(_ directory: TemporaryDirectory, _ objects: FaultyObjects) async throws -> LogStore {
        try await LogStore.open(at: directory.path, options: Self.options(objects))
    }

    private func fill(_ store: LogStore, days: Int = 3, seed: UInt64 = 81) async throws -> [StoredRow] {
        var factory = EntryFactory(seed: seed)
        for _ in 0..<days {
            for _ in 0..<2 {
                _ = try await store.append(Batch(factory.entries(400)))
                try await store.sealHead()
            }
            factory.now += Timestamp.microsecondsPerDay
        }
        return try await store.storedRows()
    }

    private func objects(_ directory: TemporaryDirectory) -> FaultyObjects { FaultyObjects(directory.path + "/cold") }

    @Test func whatIsColdAnswersAsBefore() async throws {
        let directory = try TemporaryDirectory()
        let objects = objects(directory)
        let store = try await open(directory, objects)
        let rows = try await fill(store)
        let keys: [GroupKey] = [.field(.level), .field(.module)]
        let groups = try await store.aggregate(AggregateRequest(keys: keys)).groups
        let fields = try await store.fieldNames(range: .all, filter: .everything)
        try await store.tier(olderThan: .zero)
        let segments = store.view.snapshot().segments
        #expect(!segments.isEmpty)
        #expect(segments.allSatisfy { $0.record.coldKey != nil })
        #expect(objects.all.count == segments.count)
        #expect(store.metrics.segmentsTiered > 0)

        #expect(try await store.storedRows() == rows)
        #expect(try await store.storedRows(ScanRequest(order: .oldestFirst)) == rows.reversed())
        let cold = try await store.aggregate(AggregateRequest(keys: keys)).groups
        #expect(Set(cold.map { "\($0)" }) == Set(groups.map { "\($0)" }))
        #expect(try await store.fieldNames(range: .all, filter: .everything) == fields)
        for row in rows.prefix(20) { #expect(try await store.entry(row.key).stored == [row]) }
        var filters = FilterRandom(seed: 82, rows: rows)
        let matcher = NaiveFilter()
        for _ in 0..<60 {
            let filter = filters.filter()
            #expect(
                try await store.storedRows(ScanRequest(filter: filter)) == rows.filter { matcher.matches(filter, $0) },
                "\(filter)")
        }
        let report = try await store.storageReport()
        #expect(report.hot.entries == 0)
        #expect(report.cold.entries == UInt64(rows.count))
        #expect(report.cold.bytes > 0)

        await store.close()
        let reopened = try await open(directory, objects)
        #expect(try await reopened.storedRows() == rows)
        #expect(try reopened.orphans() == [])
        await reopened.close()
    }

    @Test func onlyWhatIsOldGoes() async throws {
        let directory = try TemporaryDirectory()
        let objects = objects(directory)
        let store = try await open(directory, objects)
        let rows = try await fill(store)
        let newest = try #require(rows.first).entry.time
        let age = Duration.microseconds(Timestamp.now.microseconds - newest.microseconds) + .seconds(86_400)
        try await store.tier(olderThan: age)
        let segments = store.view.snapshot().segments
        #expect(segments.contains { $0.record.coldKey != nil })
        #expect(segments.contains { $0.record.coldKey == nil })
        for segment in segments where segment.record.coldKey != nil {
            #expect(segment.record.timeMax < newest.microseconds - 86_400_000_000 + 1)
        }
        #expect(try await store.storedRows() == rows)
        // The newest are in memory or in the hot tier: nothing cold is fetched for them.
        objects.readByteCount.withLock { $0 = 0 }
        #expect(try await store.storedRows(ScanRequest(limit: 10)) == Array(rows.prefix(10)))
        #expect(objects.readByteCount.withLock { $0 } == 0)
        await store.close()
    }

    @Test func countsFetchNothing() async throws {
        let directory = try TemporaryDirectory()
        let objects = objects(directory)
        let store = try await open(directory, objects)
        let rows = try await fill(store)
        try await store.tier(olderThan: .zero)
        objects.readByteCount.withLock { $0 = 0 }
        let result = try await store.aggregate(AggregateRequest(keys: [.field(.level)]))
        #expect(result.groups.reduce(0) { $0 + $1.count } == UInt64(rows.count))
        let none = try await store.storedRows(ScanRequest(filter: .text(.word(Array("zzznothing".utf8)))))
        #expect(none.isEmpty)
        #expect(objects.readByteCount.withLock { $0 } == 0)
        await store.close()
    }

    /// A word that is in one segment reads one object, and little of it; the newest entries read none.
    @Test func aRareWordReadsTheObjectsThatHaveIt() async throws {
        let directory = try TemporaryDirectory()
        let objects = objects(directory)
        let store = try await open(directory, objects)
        _ = try await fill(store, days: 5)
        let rare = "needle4711"
        let time = Timestamp(microseconds: 1_735_900_000_000_000)
        _ = try await store.append(Batch([Entry(time: time, level: .info, device: "DEV-0", message: "a \(rare) b")]))
        try await store.tier(olderThan: .zero)
        let total = store.view.snapshot().segments.reduce(0) { $0 + $1.record.coldByteCount }
        #expect(store.view.snapshot().segments.count > 3)
        let scan = store.scan(ScanRequest(filter: .text(.word(Array(rare.utf8)))))
        var count = 0
        for try await part in scan { count += part.count }
        #expect(count == 1)
        #expect(scan.statistics().coldSegments.count == 1)
        #expect(scan.statistics().coldBytesFetched > 0)
        #expect(scan.statistics().coldBytesFetched < Int(total) / 4)
        await store.close()
    }

    /// An unreachable tier makes an answer partial, and says so; it never makes it wrong, and all is there again afterwards.
    @Test func anUnreachableTierMakesAnswersPartial() async throws {
        let directory = try TemporaryDirectory()
        let objects = objects(directory)
        let store = try await open(directory, objects)
        let rows = try await fill(store, days: 2)
        try await store.tier(olderThan: .zero)
        var factory = EntryFactory(seed: 83)
        _ = try await store.append(Batch(factory.entries(50)))
        let all = try await store.storedRows()
        objects.failReads(after: 0)
        // What is kept in memory of the questions so far must not hide the fault.
        await store.close()
        let reopened = try await open(directory, objects)
        let scan = reopened.scan(ScanRequest())
        var found: [StoredRow] = []
        for try await part in scan { found += part.stored }
        #expect(found.count == 50)
        #expect(found.allSatisfy { all.contains($0) })
        #expect(scan.statistics().blocksDamaged > 0)
        await #expect(throws: LogError.self) { try await reopened.entry(rows[0].key) }
        objects.failReads(after: .max)
        #expect(try await reopened.storedRows() == all)
        await reopened.close()
    }

    @Test(arguments: [0, 1, 2])
    func aTierThatCannotBeWrittenLosesNothing(_ putCount: Int) async throws {
        let directory = try TemporaryDirectory()
        let objects = objects(directory)
        let store = try await open(directory, objects)
        let rows = try await fill(store)
        objects.failPuts(after: putCount + 1)
        await #expect(throws: LogError.self) { try await store.tier(olderThan: .zero) }
        #expect(try await store.storedRows() == rows)
        objects.failPuts(after: .max)
        try await store.tier(olderThan: .zero)
        #expect(try await store.storedRows() == rows)
        try await eventually("no object is left over") {
            (try? store.maintenance.removeRetired()) != nil
                && objects.all.count == store.view.snapshot().segments.filter { $0.record.coldKey != nil }.count
        }
        await store.close()
    }

    /// A crash at any moment of a move: every entry is readable at the next open, and no object is left over.
    @Test func aCrashWhileMovingLosesNothing() async throws {
        let directory = try TemporaryDirectory()
        let objects = objects(directory)
        let store = try await open(directory, objects)
        let rows = try await fill(store, days: 4)
        var copies: [TemporaryDirectory] = []
        let move = Task { try await store.tier(olderThan: .zero) }
        while store.view.snapshot().segments.contains(where: { $0.record.coldKey == nil }), copies.count < 12 {
            copies.append(try directory.copy())
        }
        try await move.value
        await store.close()
        for copy in copies {
            let objects = self.objects(copy)
            let reopened = try await open(copy, objects)
            #expect(try await reopened.storedRows() == rows)
            try await reopened.tier(olderThan: .zero)
            #expect(try await reopened.storedRows() == rows)
            try reopened.maintenance.removeRetired()
            #expect(objects.all.count == reopened.view.snapshot().segments.count)
            #expect(try reopened.orphans() == [])
            await reopened.close()
        }
    }

    @Test func whatIsDeletedGoesFromColdSegmentsToo() async throws {
        let directory = try TemporaryDirectory()
        let objects = objects(directory)
        let store = try await open(directory, objects)
        let rows = try await fill(store)
        try await store.tier(olderThan: .zero)
        let before = Set(objects.all)
        let filter = Filter.level(LevelSet(.info))
        let deletion = try await store.delete(filter, query: "level:INFO", author: "")
        let left = rows.filter { $0.entry.level != .info }
        #expect(deletion.hiddenCount == UInt64(rows.count - left.count))
        #expect(try await store.storedRows() == left)
        try await store.purgeDeleted()
        #expect(try await store.storedRows() == left)
        #expect(store.view.snapshot().segments.allSatisfy { $0.record.coldKey != nil })
        #expect(store.view.snapshot().segments.reduce(0) { $0 + $1.record.rowCount } == UInt64(left.count))
        try await eventually("the old objects are gone") {
            (try? store.maintenance.removeRetired()) != nil && before.isDisjoint(with: objects.all)
        }
        await store.close()
    }

    @Test func expiredDaysGoFromTheTier() async throws {
        let directory = try TemporaryDirectory()
        let objects = objects(directory)
        let store = try await open(directory, objects)
        _ = try await fill(store)
        try await store.tier(olderThan: .zero)
        try store.maintenance.expire(before: Timestamp(microseconds: .max))
        try await eventually("the objects are gone") {
            (try? store.maintenance.removeRetired()) != nil && objects.all.isEmpty
        }
        #expect(try await store.storedRows() == [])
        await store.close()
    }

    @Test func aDamagedObjectIsNoticed() async throws {
        let directory = try TemporaryDirectory()
        let objects = objects(directory)
        let store = try await open(directory, objects)
        let rows = try await fill(store, days: 1)
        try await store.tier(olderThan: .zero)
        await store.close()
        let key = try #require(objects.all.first)
        let path = directory.path + "/cold/" + key.prefix(2) + "/" + key.dropFirst(2)
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        var generator = SeededGenerator(seed: 84)
        for _ in 0..<60 {
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            let before = bytes[place]
            bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &generator)
            try bytes.write(to: URL(fileURLWithPath: path))
            let reopened = try await open(directory, objects)
            let scan = reopened.scan(ScanRequest())
            var found: [StoredRow] = []
            for try await part in scan { found += part.stored }
            // Every row that is found is one that was stored; where some are missing the answer says so.
            #expect(found == rows || (scan.statistics().blocksDamaged > 0 && found.allSatisfy { rows.contains($0) }))
            await reopened.close()
            bytes[place] = before
        }
    }

    @Test func theStoreRemembersWhereItsTierIs() async throws {
        let directory = try TemporaryDirectory()
        let elsewhere = try TemporaryDirectory()
        var options = Self.options()
        options.coldPlace = elsewhere.path + "/tier"
        let store = try await LogStore.open(at: directory.path, options: options)
        let rows = try await fill(store, days: 1)
        try await store.tier(olderThan: .zero)
        await store.close()
        #expect(!FaultyObjects(elsewhere.path + "/tier").all.isEmpty)
        let reopened = try await LogStore.open(at: directory.path, options: Self.options())
        #expect(try await reopened.storedRows() == rows)
        await reopened.close()
    }

    @Test func oldDaysGoByThemselves() async throws {
        let directory = try TemporaryDirectory()
        let objects = objects(directory)
        var options = Self.options(objects)
        options.coldRestMin = .zero
        options.coldCheckInterval = .milliseconds(10)
        let store = try await LogStore.open(at: directory.path, options: options)
        let rows = try await fill(store, days: 1)
        try await eventually("all segments are cold") {
            let segments = store.view.snapshot().segments
            return !segments.isEmpty && segments.allSatisfy { $0.record.coldKey != nil }
        }
        #expect(try await store.storedRows() == rows)
        await store.close()
    }
}
