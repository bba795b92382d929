import LogModel
import Testing

@testable import LogDB

struct RetentionTests {
    /// Nothing expires in an hour's time, which is longer than a test takes.
    private static func options(days: Int?) -> Options {
        var options = MixedStore.options
        options.retention = days.map { .seconds($0 * 86_400) }
        return options
    }

    private static let day = Timestamp.microsecondsPerDay

    private func entries(daysAgo: Int64, count: Int = 200, seed: UInt64 = 71) -> [Entry] {
        var factory = EntryFactory(seed: seed)
        factory.now = (Timestamp.now.microseconds / Self.day - daysAgo) * Self.day
        return factory.entries(count).map {
            var entry = $0.normalized
            // Late ones stay within their day.
            entry.time = Timestamp(
                microseconds: max(entry.time.microseconds, (Timestamp.now.microseconds / Self.day - daysAgo) * Self.day)
            )
            return entry
        }
    }

    // MARK: What is there

    @Test func daysThatAreTooOldAreDroppedWithTheirFiles() async throws {
        let directory = try TemporaryDirectory()
        var store = try await LogStore.open(at: directory.path, options: Self.options(days: nil))
        var kept = NaiveStore()
        // A day after the other is written to files of its own.
        for daysAgo in [12, 9, 3, 1] as [Int64] {
            let entries = entries(daysAgo: daysAgo, seed: UInt64(daysAgo))
            _ = try await store.append(Batch(entries))
            if daysAgo < 7 { kept.append(entries) }
            try await store.compact()
        }
        let before = store.store.property("rocksdb.total-sst-files-size", of: .blocks) ?? 0
        await store.close()
        store = try await LogStore.open(at: directory.path, options: Self.options(days: 7))
        let opened = store
        try await eventually("two segments have expired") { opened.metrics.segmentsExpired == 2 }
        #expect(try await store.entries() == kept.rows())
        #expect(try await store.aggregate(AggregateRequest()).groups.map(\.count) == [400])
        try await eventually("their keys are gone") { try opened.orphans() == [] }
        let after = store.store.property("rocksdb.total-sst-files-size", of: .blocks) ?? 0
        #expect(after < before * 2 / 3, "files of \(before) bytes before, of \(after) after")
        #expect(store.metrics.maintenanceFailures == 0)
        // What is known of the devices and sessions stays.
        #expect(try await store.checkTables() == [])
        await store.close()
        store = try await LogStore.open(at: directory.path, options: Self.options(days: 7))
        #expect(try await store.entries() == kept.rows())
        await store.close()
    }

    @Test func aSegmentStaysUntilItsNewestEntryIsTooOld() async throws {
        let directory = try TemporaryDirectory()
        let store = try await LogStore.open(at: directory.path, options: Self.options(days: nil))
        let entries = entries(daysAgo: 5)
        _ = try await store.append(Batch(entries))
        try await store.sealHead()
        let newest = entries.map(\.time).max()!
        try store.maintenance.expire(before: newest)
        #expect(try await store.entries().count == entries.count)
        try store.maintenance.expire(before: Timestamp(microseconds: newest.microseconds + 1))
        #expect(try await store.entries() == [])
        #expect(store.metrics.segmentsExpired == 1)
        await store.close()
    }

    /// Whatever was left of a day, by whatever mishap, goes with its last segment; other days keep theirs.
    @Test func nothingOfADayIsLeftBehindItsLastSegment() async throws {
        let directory = try TemporaryDirectory()
        let store = try await LogStore.open(at: directory.path, options: Self.options(days: nil))
        _ = try await store.append(Batch(entries(daysAgo: 5)))
        try await store.sealHead()
        _ = try await store.append(Batch(entries(daysAgo: 4)))
        try await store.sealHead()
        let records = store.view.snapshot().segments.map(\.record)
        for day in records.map(\.day) {
            let block = BlockKey(day: day, device: 1, session: 1, time: 1, number: 0)
            try store.put(.blocks, KeyLayout.column(block, 3), [1])
            try store.put(.postings, KeyLayout.postings(day: day, segment: 0, page: 0), [1])
        }
        #expect(try store.orphans().count == 4)
        let first = records.min { $0.day < $1.day }!
        try store.maintenance.expire(before: Timestamp(microseconds: first.timeMax + 1))
        try store.maintenance.removeRetired()
        #expect(try store.orphans() == ["block 0, column 3", "word page of segment 0"])
        #expect(try store.contents(.blocks).allSatisfy { !$0.key.starts(with: KeyLayout.day(first.day)) })
        #expect(try await store.entries().count == 200)
        await store.close()
    }

    @Test func aScanThatBeganBeforeReadsOnAndItsSegmentsGoAfterIt() async throws {
        let directory = try TemporaryDirectory()
        let store = try await LogStore.open(at: directory.path, options: Self.options(days: nil))
        for daysAgo in [5, 4] as [Int64] {
            _ = try await store.append(Batch(entries(daysAgo: daysAgo, count: 600)))
            try await store.sealHead()
        }
        let rows = try await store.storedRows()
        #expect(try await readThroughExpiry(store) == rows)
        try store.maintenance.removeRetired()
        #expect(try store.orphans() == [])
        #expect(try store.contents(.blocks).isEmpty)
        #expect(try await store.entries() == [])
        await store.close()
    }

    /// Reads a part of the rows, has all expire, reads the rest.
    private func readThroughExpiry(_ store: LogStore) async throws -> [StoredRow] {
        let scan = store.scan(ScanRequest(memoryByteCountMax: 1 << 16))
        let waiting = store.scan(ScanRequest())
        var iterator = scan.makeAsyncIterator()
        var found = try await iterator.next()?.stored ?? []
        #expect(found.count < 1_200)
        try store.maintenance.expire(before: .now)
        try store.maintenance.removeRetired()
        #expect(try await store.entries() == [])
        #expect(try store.contents(.blocks).isEmpty == false)
        while let part = try await iterator.next() { found += part.stored }
        var others: [StoredRow] = []
        for try await part in waiting { others += part.stored }
        #expect(others == found)
        return found
    }

    /// A day's last segment may go while a new one of the same day is written: the new one stays.
    @Test func entriesThatComeToADayThatGoesStay() async throws {
        let directory = try TemporaryDirectory()
        let store = try await LogStore.open(at: directory.path, options: Self.options(days: nil))
        var late: [Entry] = []
        for round in 0..<12 {
            var naive = NaiveStore()
            late = entries(daysAgo: 5, count: 300, seed: UInt64(round))
            naive.append(late)
            _ = try await store.append(Batch(late))
            async let sealed: Void = store.sealHead()
            try retireSegments(store, before: round)
            try store.maintenance.removeRetired()
            _ = try await sealed
            #expect(try await store.entries() == naive.rows(), "round \(round)")
        }
        #expect(try store.orphans() == [])
        await store.close()
    }

    /// Retires the segments of the rounds before, one each, as expiry does.
    private func retireSegments(_ store: LogStore, before round: Int) throws {
        let old = store.view.snapshot().segments.filter { $0.record.id <= UInt64(round) }
        var batch = WriteBatch()
        try store.maintenance.manifest.commit(adding: [], retiring: old, with: &batch)
    }

    // MARK: What comes in

    @Test func entriesThatAreTooOldAreRefusedAndCounted() async throws {
        let directory = try TemporaryDirectory()
        var store = try await LogStore.open(at: directory.path, options: Self.options(days: 7))
        let old = entries(daysAgo: 30, count: 3)
        let new = entries(daysAgo: 1, count: 4)
        let mixed = [old[0], new[0], old[1], old[2], new[1], new[2], new[3]]
        let identity = BatchIdentity(device: "D", boot: "b", sequence: 1)
        let receipt = try await store.append(Batch(mixed), identity: identity)
        #expect(receipt.accepted == 4)
        #expect(receipt.rejected.map(\.index) == [0, 2, 3])
        #expect(receipt.rejected.allSatisfy { $0.code == "expired" && $0.detail.contains("retention") })
        #expect(store.metrics.entriesAccepted == 4)
        #expect(store.metrics.entriesRejected == 3)
        // Sent again, the batch is what it was; one of nothing but old entries takes its sequence.
        #expect(try await store.append(Batch(mixed), identity: identity).duplicates == 4)
        let second = BatchIdentity(device: "D", boot: "b", sequence: 2)
        let refused = try await store.append(Batch(old), identity: second)
        #expect(refused.accepted == 0)
        #expect(refused.rejected.count == 3)
        #expect(refused.acknowledgedThrough == 2)
        #expect(try await store.append(Batch(old)).rejected.count == 3)
        var naive = NaiveStore()
        naive.append(new)
        for _ in 0..<2 {
            #expect(try await store.entries() == naive.rows())
            #expect(
                try await store.sessions().reduce(0) { $0 + $1.totalLogs }
                    == UInt64(new.count { !$0.session.isEmpty }))
            await store.close()
            store = try await LogStore.open(at: directory.path, options: Self.options(days: 7))
        }
        await store.close()
    }

    @Test func withoutARuleEveryTimeIsKept() async throws {
        let directory = try TemporaryDirectory()
        let store = try await LogStore.open(at: directory.path, options: Self.options(days: nil))
        let entries = [Int64.min, -1, 0, 1, .max - 1].map {
            Entry(time: Timestamp(microseconds: $0), device: "D", message: "m")
        }
        #expect(try await store.append(Batch(entries)).accepted == 5)
        try await store.compact()
        #expect(try await store.entries(ScanRequest(order: .oldestFirst)) == entries)
        await store.close()
    }

    @Test func theCutoffIsTheRuleBeforeNow() {
        let now = Timestamp(microseconds: 1_735_900_000_000_000)
        #expect(CurrentRetention(Self.options(days: nil)).cutoff(at: now) == nil)
        #expect(
            CurrentRetention(Self.options(days: 2)).cutoff(at: now)?.microseconds == now.microseconds - 2 * Self.day)
    }
}
