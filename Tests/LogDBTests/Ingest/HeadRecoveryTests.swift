import LogModel
import Testing

@testable import LogDB

/// What was committed and not sealed is in staging, and comes back from it as it was.
struct HeadRecoveryTests {
    private struct RawRow: Equatable {
        var entry: RawEntry
        var key: EntryKey
        var received: Int64
    }

    private func rows(_ store: LogStore) async throws -> [RawRow] {
        var found: [RawRow] = []
        for try await rows in store.scan(ScanRequest(order: .oldestFirst)) {
            let raw = rows.raw
            for index in 0..<rows.count {
                found.append(RawRow(entry: raw[index], key: rows.keys[index], received: rows.received[index]))
            }
        }
        return found
    }

    /// Opens, appends and opens again, and compares all rows.
    private func expectSame(
        options: Options = Options(), sourceLocation: SourceLocation = #_sourceLocation,
        _ append: (LogStore) async throws -> Void
    ) async throws {
        let directory = try TemporaryDirectory()
        var store = try await LogStore.open(at: directory.path, options: options)
        try await append(store)
        let before = try await rows(store)
        let counts = (rows: store.metrics.headRows, bytes: store.metrics.headBytes)
        for _ in 0..<2 {
            await store.close()
            store = try await LogStore.open(at: directory.path, options: options)
            let after = try await rows(store)
            #expect(after == before, sourceLocation: sourceLocation)
            #expect(store.metrics.headRows == counts.rows, sourceLocation: sourceLocation)
            #expect(store.metrics.headBytes == counts.bytes, sourceLocation: sourceLocation)
        }
        // New entries come after the last, and sealing changes nothing.
        _ = try await store.append(Batch([Entry(time: Timestamp(microseconds: .max - 1), device: "D", message: "")]))
        try await store.sealHead()
        let sealed = try await rows(store)
        #expect(Array(sealed.dropLast()) == before, sourceLocation: sourceLocation)
        #expect(
            sealed.last?.key.sequence == (before.map(\.key.sequence).max() ?? 0) + 1, sourceLocation: sourceLocation)
        #expect(try await store.checkTables() == [], sourceLocation: sourceLocation)
        await store.close()
    }

    @Test func anEmptyStore() async throws { try await expectSame { _ in } }

    @Test func entriesOfAnyBytes() async throws {
        try await expectSame { store in
            var random = RawEntryRandom(seed: 51)
            for part in 0..<20 {
                var batch = Batch()
                for _ in 0..<40 {
                    batch.append(
                        random.entry(session: 0), device: "D\(part % 3)", sessionName: part % 2 == 0 ? "" : "S")
                }
                _ = try await store.append(batch, durability: part % 2 == 0 ? .synced : .interval)
            }
        }
    }

    /// More rows, strings and text than one stretch of the head holds.
    @Test func moreThanAStretchOfTheHeadHolds() async throws {
        try await expectSame { store in
            let text = [UInt8](repeating: 0x61, count: 1 << 20)
            for part in 0..<5 as Range<Int64> {
                var batch = Batch()
                for row in 0..<2_500 as Range<Int64> {
                    var entry = RawEntry(time: part * 10_000 + row)
                    entry.identifiers[0] = Array("module \(part * 1_000 + row)".utf8)
                    if row == 7 { entry.message = text + [UInt8(part)] }
                    batch.append(entry, device: "D")
                }
                _ = try await store.append(batch)
            }
            #expect(store.view.snapshot().heads[0].parts.count > 2)
        }
    }

    @Test func onlyWhatIsNotSealedComesBackAsTheHead() async throws {
        let directory = try TemporaryDirectory()
        var store = try await LogStore.open(at: directory.path, options: MixedStore.options)
        var factory = EntryFactory(seed: 52)
        _ = try await store.append(Batch(factory.entries(300)))
        try await store.sealHead()
        _ = try await store.append(Batch(factory.entries(40)))
        let before = try await rows(store)
        await store.close()
        store = try await LogStore.open(at: directory.path, options: MixedStore.options)
        #expect(store.metrics.headRows == 40)
        #expect(try store.contents(.staging).count == 1)
        #expect(try await rows(store) == before)
        await store.close()
    }

    // MARK: Damage

    /// A batch that was acknowledged is not passed over: the store does not open without it.
    @Test func damagedStagingIsRefused() async throws {
        try await expectRefusal("checksum") { try $0.flipBit(.staging, KeyLayout.staging(4), at: 20) }
        try await expectRefusal("goes from sequence 4 to 7") { try $0.remove(.staging, KeyLayout.staging(4)) }
        try await expectRefusal("device that the table lacks") {
            try $0.remove(.tables, TableKeys.uniqueEntry(1, 1, Array("D".utf8)))
        }
        try await expectRefusal("session that the table lacks") {
            try $0.remove(.tables, TableKeys.uniqueEntry(2, 1, SessionRecord.nameKey(device: 1, sessionID: [0x53])))
        }
        try await expectRefusal("rows, 4 expected") { store in
            var compressor = ZstdCompressor()
            let frame = BatchFrame.encode(Batch(self.entries), level: 1, using: &compressor)
            try store.put(.staging, KeyLayout.staging(4), Staging.encode(frame: frame, rowCount: 4, received: 1))
        }
        try await expectRefusal("does not read") {
            try $0.put(.staging, KeyLayout.staging(4), Staging.encode(frame: [1, 2, 3], rowCount: 3, received: 1))
        }
        try await expectRefusal("where a number") { try $0.put(.meta, KeyLayout.sealedThrough, [1, 2, 3]) }
    }

    private let entries = (0..<3).map {
        Entry(time: Timestamp(microseconds: $0), device: "D", session: "S", message: "m")
    }

    private func expectRefusal(
        _ what: String, sourceLocation: SourceLocation = #_sourceLocation, _ damage: (LogStore) throws -> Void
    ) async throws {
        let directory = try TemporaryDirectory()
        let store = try await LogStore.open(at: directory.path)
        for _ in 0..<3 { _ = try await store.append(Batch(entries)) }
        try damage(store)
        await store.close()
        await #expect(sourceLocation: sourceLocation) {
            await (try LogStore.open(at: directory.path)).close()
        } throws: {
            guard let error = $0 as? LogError else { return false }
            return error.code == .corruption && error.message.contains(what)
        }
    }
}
