import LogModel
import Testing

@testable import LogDB

/// What a session lost is counted beside what it had, once, and by what took it.
struct SessionLossTests {
    private static let options: Options = {
        var options = MixedStore.options
        // Merging by request only.
        options.mergeFanIn = 64
        return options
    }()

    private static let day = Timestamp.microsecondsPerDay

    private func entries(daysAgo: Int64, _ sessions: [String], count: Int) -> [Entry] {
        let start = (Timestamp.now.microseconds / Self.day - daysAgo) * Self.day
        return sessions.flatMap { session in
            (0..<count).map { index in
                Entry(
                    time: Timestamp(microseconds: start + Int64(index)), device: "D", session: session,
                    message: index % 4 == 0 ? "a secret" : "a word")
            }
        }
    }

    private static func secret(_ session: String) -> Filter {
        .all([
            .text(.word(Array("secret".utf8))), .value(.session, .equals(Array(session.utf8), caseSensitive: true)),
        ])
    }

    /// By the session's name: had, deleted, expired, left.
    private func counts(_ store: LogStore) async throws -> [String: [UInt64]] {
        let losses = try await store.losses()
        var counts: [String: [UInt64]] = [:]
        for session in try await store.sessions() {
            let loss = losses[session.id] ?? SessionLoss(id: session.id)
            let own = Filter.value(.session, .equals(session.sessionID, caseSensitive: true))
            let left = try await store.aggregate(AggregateRequest(filter: own)).groups[0].count
            counts[String(decoding: session.sessionID, as: UTF8.self)] = [
                session.totalLogs, loss.deletedCount, loss.expiredCount, left,
            ]
        }
        return counts
    }

    @Test func whatIsDeletedIsCountedWhenItIsOffTheDisk() async throws {
        let directory = try TemporaryDirectory()
        var store = try await LogStore.open(at: directory.path, options: Self.options)
        _ = try await store.append(Batch(entries(daysAgo: 1, ["a", "b", ""], count: 1_000)))
        try await store.sealHead()
        _ = try await store.append(Batch(entries(daysAgo: 1, ["a"], count: 400)))
        _ = try await store.delete(Self.secret("a"), query: "secret", author: "")
        #expect(try await counts(store) == ["a": [1_400, 0, 0, 1_050], "b": [1_000, 0, 0, 1_000]])
        // A merge leaves them out as well as a purge, and what one has taken the other does not find.
        try await store.sealHead()
        try await store.compact()
        await store.close()
        store = try await LogStore.open(at: directory.path, options: Self.options)
        try await store.purgeDeleted()
        #expect(try await counts(store) == ["a": [1_400, 350, 0, 1_050], "b": [1_000, 0, 0, 1_000]])
        _ = try await store.delete(Self.secret("b"), query: "secret", author: "")
        _ = try await store.delete(.everything, query: "*", author: "")
        try await store.purgeDeleted()
        #expect(try await counts(store) == ["a": [1_400, 1_400, 0, 0], "b": [1_000, 1_000, 0, 0]])
        try await store.purgeDeleted()
        #expect(try await counts(store) == ["a": [1_400, 1_400, 0, 0], "b": [1_000, 1_000, 0, 0]])
        #expect(try await store.checkTables() == [])
        await store.close()
    }

    @Test func whatExpiresIsCountedApart() async throws {
        let directory = try TemporaryDirectory()
        var store = try await LogStore.open(at: directory.path, options: Self.options)
        for daysAgo in [9, 2] as [Int64] {
            _ = try await store.append(Batch(entries(daysAgo: daysAgo, ["a", "b"], count: 1_000)))
            try await store.compact()
        }
        _ = try await store.delete(Self.secret("a"), query: "secret", author: "")
        try await store.purgeDeleted()
        await store.close()
        var kept = Self.options
        kept.retention = .seconds(7 * 86_400)
        store = try await LogStore.open(at: directory.path, options: kept)
        let opened = store
        try await eventually("a segment has expired") { opened.metrics.segmentsExpired == 1 }
        #expect(try await counts(store) == ["a": [2_000, 500, 750, 750], "b": [2_000, 0, 1_000, 1_000]])
        #expect(try await store.checkTables() == [])
        await store.close()
        store = try await LogStore.open(at: directory.path, options: kept)
        #expect(try await counts(store) == ["a": [2_000, 500, 750, 750], "b": [2_000, 0, 1_000, 1_000]])
        await store.close()
    }

    /// A merge and an expiry that meet take each row once.
    @Test func aSegmentIsReplacedOnce() async throws {
        let directory = try TemporaryDirectory()
        let store = try await LogStore.open(at: directory.path, options: Self.options)
        _ = try await store.append(Batch(entries(daysAgo: 9, ["a"], count: 1_000)))
        try await store.sealHead()
        let segments = store.view.snapshot().segments
        let merger = Merger(environment: store.environment, manifest: store.maintenance.manifest, options: Self.options)
        var isExpired = false
        let outcome = try merger.merge(segments) {
            if !isExpired { try? store.maintenance.expire(before: .now) }
            isExpired = true
            return false
        }
        guard case .overtaken = outcome else {
            Issue.record("the merge brought back what had expired")
            return
        }
        #expect(try await counts(store) == ["a": [1_000, 0, 1_000, 0]])
        #expect(store.view.snapshot().segments.isEmpty)
        #expect(try await store.checkTables() == [])
        await store.close()
    }

    /// A segment of more sessions than a census lists is counted from its blocks.
    @Test func manySessionsAreCountedEach() async throws {
        let directory = try TemporaryDirectory()
        let store = try await LogStore.open(at: directory.path, options: Self.options)
        let names = (0..<SegmentCensus.streamCountMax + 100).map { "s\($0)" }
        _ = try await store.append(Batch(entries(daysAgo: 9, names, count: 1)))
        try await store.sealHead()
        try await store.compact()
        #expect(try await store.losses().isEmpty)
        try store.maintenance.expire(before: .now)
        let losses = try await store.losses()
        #expect(losses.count == names.count && losses.values.allSatisfy { $0.expiredCount == 1 })
        #expect(try await store.checkTables() == [])
        await store.close()
    }
}
