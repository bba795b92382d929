import LogModel
import Testing

@testable import LogDB

/// Format version 2: a whole store. What it wrote is read by every part of this build, and brought to this build's
/// version; what so small a store is written as is still the same.
struct StoreGoldenTests {
    private static let sealed = [
        Entry(
            time: Timestamp(microseconds: 1_000_000), level: .info, device: "D1", session: "Run", module: "nav",
            message: "gps on", context: [.init("cam", "front")]),
        Entry(
            time: Timestamp(microseconds: 1_000_500), level: .warn, device: "D1", session: "Run", module: "nav",
            thread: "t", message: "gps 7"),
    ]
    private static let staged = [
        Entry(time: Timestamp(microseconds: 2_000_000), level: .error, device: "D2", message: "lost")
    ]
    private static let identity = BatchIdentity(device: "D1", boot: "b", sequence: 1)
    private static let received: Int64 = 3_000_000

    /// Writes the store at a known time: one batch that is sealed, then one that stays in staging.
    private func write(_ store: RocksStore) throws {
        let view = CurrentView(StoreView(heads: [], segments: []))
        let manifest = Manifest(store, view: view, remover: SegmentRemover(), nextSegment: 1, nextBlock: 1)
        let head = try commit(Self.sealed, identity: Self.identity, sequence: 1, store, view)
        let sealer = Sealer(store: store, manifest: manifest, options: Options())
        #expect(try sealer.seal(head) == 1)
        _ = try commit(Self.staged, identity: nil, sequence: 3, store, view)
    }

    private func commit(
        _ entries: [Entry], identity: BatchIdentity?, sequence: UInt64, _ store: RocksStore, _ view: CurrentView
    ) throws -> Head {
        let head = Head(firstSequence: sequence)
        let commits = CommitQueue(
            store, view: view, head: head, nextSequence: sequence, options: Options(),
            disk: DiskGuard(path: store.path, options: Options()), counters: StoreCounters(), onFreeze: { _ in })
        let answers = AnswerLog()
        let batch = Batch(entries)
        var compressor = ZstdCompressor()
        let frame = BatchFrame.encode(batch, level: 1, using: &compressor)
        commits.submit(
            AppendRequest(
                batch: batch, staged: Staging.encode(frame: frame, rowCount: batch.count, received: Self.received),
                received: Self.received, identity: identity, contentHash: BatchHash.hash(batch), rejected: [],
                isSynced: true, answer: { answers.append($0) }))
        commits.start()
        commits.stop()
        for answer in answers.all { #expect(try answer.get().accepted == entries.count) }
        return head
    }

    /// A new store's RocksDB, with its format version in it.
    private func open(_ directory: TemporaryDirectory) async throws -> RocksStore {
        await (try LogStore.open(at: directory.path)).close()
        return try RocksStore(path: directory.path, cacheByteCount: 1 << 20)
    }

    @Test func aStoreIsWrittenAsItWas() async throws {
        let directory = try TemporaryDirectory()
        let store = try await open(directory)
        defer { store.close() }
        try write(store)
        var found: [(family: StoreFamily, key: [UInt8], value: [UInt8])] = []
        for family in StoreFamily.allCases {
            try store.forEach(family, from: []) { (key, value) throws(LogError) in
                found.append((family, Array(key), Array(value)))
                return true
            }
        }
        let expected = GoldenDeviceIndexes.added(to: GoldenStore.version5)
        #expect(found.count == expected.count)
        for (found, golden) in zip(found, expected) {
            #expect(found.family == golden.family)
            Golden.expect(found.key, "\(found.family), the key", is: golden.key)
            Golden.expect(found.value, "\(found.family) \(Golden.hex(found.key))", is: golden.value)
        }
    }

    @Test func aStoreIsReadAsItWasWritten() async throws {
        let directory = try TemporaryDirectory()
        let raw = try await open(directory)
        var write = WriteBatch()
        for (family, key, value) in GoldenStore.version2 {
            write.put(raw, family, Golden.bytes(key), Golden.bytes(value))
        }
        try raw.write(write, synced: true)
        // Such a store has no record of its tables' schema, and no entries that came with it.
        var removal = WriteBatch()
        removal.delete(raw, .meta, KeyLayout.tableSchema)
        try raw.write(removal, synced: true)
        raw.close()
        let store = try await LogStore.open(at: directory.path)
        #expect(try store.store.value(.meta, KeyLayout.formatVersion) == [5, 0, 0, 0])
        let stored = try store.store.everything()
        for (family, key, value) in GoldenDeviceIndexes.added {
            #expect(
                stored.contains(.init(family: family, key: Golden.bytes(key), value: Golden.bytes(value))), "\(key)")
        }
        let rows = try await store.storedRows(ScanRequest(order: .oldestFirst))
        #expect(rows.map(\.entry) == Self.sealed + Self.staged)
        #expect(rows.map(\.received) == [Self.received, Self.received, Self.received])
        #expect(rows.map(\.key.sequence) == [1, 2, 3])
        let word = Filter.text(.word(Array("gps".utf8)))
        #expect(try await store.entries(ScanRequest(filter: word, order: .oldestFirst)) == Self.sealed)
        let absent = store.scan(ScanRequest(filter: .text(.word(Array("battery".utf8)))))
        for try await _ in absent { Issue.record("no entry has the word") }
        #expect(absent.statistics().blocksPrunedByIndex == 1)
        #expect(try await store.devices().map(\.name) == ["D1", "D2"])
        #expect(try await store.sessions().map(\.levelCounts) == [[0, 1, 1, 0, 0]])
        #expect(try await store.checkTables() == [])

        // It goes on where it stood: a batch sent again is known, a new one comes after the last.
        #expect(try await store.append(Batch(Self.sealed), identity: Self.identity).duplicates == 2)
        _ = try await store.append(Batch(Self.staged))
        try await store.compact()
        #expect(try await store.storedRows().map(\.key.sequence).sorted() == [1, 2, 3, 4])
        #expect(try await store.checkTables() == [])
        await store.close()
    }
}
