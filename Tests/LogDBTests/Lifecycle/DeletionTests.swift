import LogModel
import Testing

@testable import LogDB

struct DeletionTests {
    private static let options: Options = {
        var options = Options()
        options.blockRowCountMax = 256
        // Merging by request only.
        options.mergeFanIn = 64
        return options
    }()

    private static let start: Int64 = 1_735_900_000_000_000

    private func entry(_ index: Int, _ message: String, device: String = "DEV-1", session: String = "s1") -> Entry {
        Entry(
            time: Timestamp(microseconds: Self.start + Int64(index) * 1_000), level: .info, device: device,
            session: session, module: "m", message: message, context: [.init("n", String(index))])
    }

    private func open(_ directory: TemporaryDirectory) async throws -> LogStore {
        try await LogStore.open(at: directory.path, options: Self.options)
    }

    private static let secret = Filter.text(.word(Array("secret".utf8)))

    /// Some entries in a sealed segment and some in memory; every third says “secret”.
    private func fill(_ store: LogStore) async throws {
        func part(_ range: Range<Int>) -> Batch {
            Batch(range.map { entry($0, $0 % 3 == 0 ? "a secret word \($0)" : "some other word \($0)") })
        }
        _ = try await store.append(part(0..<600))
        try await store.sealHead()
        _ = try await store.append(part(600..<900))
    }

    private func count(_ store: LogStore, _ filter: Filter = .everything) async throws -> UInt64 {
        try await store.aggregate(AggregateRequest(filter: filter)).groups[0].count
    }

    @Test func whatIsDeletedIsGoneFromEveryAnswerAtOnce() async throws {
        let directory = try TemporaryDirectory()
        let store = try await open(directory)
        try await fill(store)
        let before = try await store.storedRows()
        let gone = before.filter { $0.entry.message.contains("secret") }
        let deletion = try await store.delete(Self.secret, query: "secret", author: "anna")
        #expect(deletion.hiddenCount == 300)

        let left = before.filter { !$0.entry.message.contains("secret") }
        #expect(try await store.storedRows() == left)
        #expect(try await count(store) == 600)
        #expect(try await count(store, Self.secret) == 0)
        #expect(try await store.entry(gone[0].key).isEmpty)
        #expect(try await store.context(of: gone[0].key, before: 3, after: 3).isEmpty)
        let around = try await store.context(of: left[10].key, before: 3, after: 3).stored
        #expect(around.count == 7)
        #expect(around.allSatisfy { !$0.entry.message.contains("secret") })
        let fields = try await store.fieldNames(range: .all, filter: .everything)
        #expect(fields.first { $0.field == .context("n") }?.count == 600)
        let patterns = try await store.patterns(range: .all, filter: .everything, memoryByteCountMax: 1 << 20)
        #expect(patterns.patterns.allSatisfy { !String(decoding: $0.example, as: UTF8.self).contains("secret") })
        #expect(try await count(store, .value(.context("n"), .equals(Array("3".utf8), caseSensitive: true))) == 0)
        await store.close()
    }

    @Test func entriesThatComeLaterStay() async throws {
        let directory = try TemporaryDirectory()
        let store = try await open(directory)
        try await fill(store)
        _ = try await store.delete(Self.secret, query: "secret", author: "")
        _ = try await store.append(Batch([entry(5_000, "a secret word again")]))
        #expect(try await count(store, Self.secret) == 1)
        try await store.purgeDeleted()
        #expect(try await count(store, Self.secret) == 1)
        #expect(try await count(store) == 601)
        await store.close()
    }

    @Test func itStaysGoneAfterACrashAndIsPurgedThen() async throws {
        let directory = try TemporaryDirectory()
        let store = try await open(directory)
        try await fill(store)
        _ = try await store.delete(Self.secret, query: "secret", author: "anna")
        let copy = try directory.copy()
        await store.close()

        let reopened = try await open(copy)
        #expect(reopened.hasDeletedEntries)
        #expect(try await count(reopened, Self.secret) == 0)
        try await reopened.purgeDeleted()
        #expect(!reopened.hasDeletedEntries)
        #expect(reopened.view.snapshot().segments.reduce(0) { $0 + $1.record.rowCount } == 600)
        let deletion = try #require(try await reopened.deletions().first)
        #expect(deletion.query == "secret")
        #expect(deletion.author == "anna")
        #expect(deletion.purgedCount == 300)
        #expect(deletion.purged != nil)
        #expect(try await count(reopened) == 600)
        #expect(try await reopened.orphansInTheEnd() == [])
        #expect(try await reopened.checkTables() == [])
        await reopened.close()
    }

    @Test func aMergeLeavesOutWhatIsDeleted() async throws {
        let directory = try TemporaryDirectory()
        let store = try await open(directory)
        try await fill(store)
        try await store.sealHead()
        _ = try await store.delete(Self.secret, query: "secret", author: "")
        try await store.maintenance.mergeAll { _, _ in }
        let segments = store.view.snapshot().segments
        #expect(segments.count == 1)
        #expect(segments[0].record.rowCount == 600)
        #expect(try await store.deletions()[0].purgedCount == 300)
        await store.close()
    }

    @Test func segmentsWithoutARowOfItAreLeftAsTheyAre() async throws {
        let directory = try TemporaryDirectory()
        let store = try await open(directory)
        try await fill(store)
        try await store.sealHead()
        _ = try await store.append(Batch((0..<50).map { entry(2_000 + $0, "nothing of the kind") }))
        try await store.sealHead()
        let kept = store.view.snapshot().segments[2].record
        _ = try await store.delete(Self.secret, query: "secret", author: "")
        try await store.purgeDeleted()
        #expect(store.view.snapshot().segments.contains { $0.record == kept })
        #expect(store.view.snapshot().segments.count == 3)
        await store.close()
    }

    @Test func aSegmentOfWhichNothingIsLeftGoes() async throws {
        let directory = try TemporaryDirectory()
        let store = try await open(directory)
        try await fill(store)
        let deletion = try await store.delete(.everything, query: "*", author: "")
        #expect(deletion.hiddenCount == 900)
        try await store.purgeDeleted()
        #expect(store.view.snapshot().segments.isEmpty)
        #expect(try await store.storedRows() == [])
        #expect(try await store.orphansInTheEnd() == [])
        await store.close()
        let reopened = try await open(directory)
        #expect(try await reopened.storedRows() == [])
        await reopened.close()
    }

    @Test func aDeletedBatchThatIsSentAgainIsStillADuplicate() async throws {
        let directory = try TemporaryDirectory()
        let store = try await open(directory)
        let identity = BatchIdentity(device: "DEV-1", boot: "b", sequence: 1)
        let batch = Batch([entry(1, "a secret")])
        _ = try await store.append(batch, identity: identity)
        _ = try await store.delete(Self.secret, query: "secret", author: "")
        try await store.purgeDeleted()
        #expect(try await store.append(batch, identity: identity).duplicates == 1)
        #expect(try await store.storedRows() == [])
        await store.close()
    }

    @Test func attributesOfDevicesAreThoseOfTheMoment() async throws {
        let directory = try TemporaryDirectory()
        let store = try await open(directory)
        _ = try await store.append(
            Batch([entry(1, "one", device: "A"), entry(2, "two", device: "B"), entry(3, "three", device: "C")]))
        func move(_ device: UInt64, to environment: DeviceEnvironment) async throws {
            try await store.editTables { (tables) throws(LogError) in
                guard let before = try tables.row(device, of: DeviceRecord.self) else { return }
                var after = before
                after.environment = environment
                try tables.update(after, replacing: before)
            }
        }
        let devices = try await store.devices()
        for device in devices where device.name != "C" { try await move(device.id, to: .testing) }
        let deletion = try await store.delete(
            .joined(.environment, .equals(Array("testing".utf8), caseSensitive: false)), query: "environment:testing",
            author: "")
        #expect(deletion.hiddenCount == 2)
        for device in devices { try await move(device.id, to: device.name == "C" ? .testing : .production) }
        #expect(try await store.entries().map(\.message) == ["three"])
        try await store.purgeDeleted()
        #expect(try await store.entries().map(\.message) == ["three"])
        await store.close()
    }

    @Test func aRangeBoundsIt() async throws {
        let directory = try TemporaryDirectory()
        let store = try await open(directory)
        try await fill(store)
        let range = TimeRange(
            since: Timestamp(microseconds: Self.start), until: Timestamp(microseconds: Self.start + 30_000))
        #expect(try await store.countDeletable(Self.secret, range: range) == 10)
        #expect(try await store.delete(Self.secret, range: range, query: "secret", author: "").hiddenCount == 10)
        #expect(try await count(store, Self.secret) == 290)
        await store.close()
    }
}
