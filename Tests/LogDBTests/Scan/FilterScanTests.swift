import LogModel
import Testing

@testable import LogDB

/// Filters on rows in the head, in segments and in merged segments, against their meaning written a second time.
struct FilterScanTests {
    private static func text(_ test: TextTest) -> Filter { .text(test) }
    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
    private static func equals(_ field: Field, _ text: String, caseSensitive: Bool = false) -> Filter {
        .value(field, .equals(bytes(text), caseSensitive: caseSensitive))
    }

    /// Every case by itself.
    private static func cases(_ rows: [StoredRow]) -> [Filter] {
        let middle = rows[rows.count / 2]
        let early = rows[rows.count / 5]
        let range = TimeRange(since: early.entry.time, until: middle.entry.time)
        var filters: [Filter] = [
            .everything, .nothing, .all([]), .any([]), .not(.everything), .not(.nothing), .not(.any([])),
            .level([]), .level(.all), .level(LevelSet(.fatal)), .level(.atLeast(.warn)), .not(.level(.atLeast(.warn))),
            .time(range), .not(.time(range)), .any([.time(range), .level(LevelSet(.fatal))]),
            .time(TimeRange(since: range.until, until: range.since)),
            .received(
                TimeRange(
                    since: Timestamp(microseconds: early.received), until: Timestamp(microseconds: middle.received))),
            .id(middle.key), .not(.id(middle.key)), .any([.id(middle.key), .id(early.key)]),
            .all([.id(middle.key), .id(early.key)]),
            equals(.device, "dev-1"), equals(.device, "dev-1", caseSensitive: true), .not(equals(.device, "DEV-1")),
            equals(.device, "nobody"), .all([equals(.device, "DEV-1"), equals(.device, "DEV-2")]),
            .any([equals(.device, "DEV-1"), equals(.session, "session-2-1")]),
            .all([equals(.device, "DEV-1"), equals(.session, "SESSION-1-2")]), equals(.session, ""),
            .not(.value(.session, .exists)),
            equals(.module, "Navigation"), .not(equals(.module, "navigation", caseSensitive: true)),
            .value(.module, .exists),
            .value(.context("camera_id"), .exists), .not(.value(.context("camera_id"), .exists)),
            .value(.context("absent"), .exists), .not(.value(.context("absent"), .exists)),
            .value(.context("retry_count"), .compare(.greater, bytes("4.5"))),
            .value(.context("request_id"), .wildcard(WildcardPattern([.literal(bytes("A")), .anyRun]))),
            equals(.message, ""), equals(.message, "obstacle DETECTION timeout"), .value(.message, .exists),
            text(.word(bytes("GPS"))), .not(text(.word(bytes("gps")))), text(.word(bytes("blk_"))),
            text(.word(bytes("straße"))),
            text(.word(bytes("STRASSE"))), text(.phrase(bytes("signal weak (1"), openEnd: true)),
            text(.phrase(bytes("signal weak (1"), openEnd: false)), text(.phrase(bytes("10.250.1"), openEnd: false)),
            text(.phrase([], openEnd: false)),
            text(.tokenWildcard(WildcardPattern([.literal(bytes("way")), .anyRun]))),
            text(.textWildcard(WildcardPattern([.literal(bytes("gps")), .anyRun, .literal(bytes("sats"))]))),
            text(.textWildcard(WildcardPattern([.literal(bytes("video")), .anyOne, .anyOne]))),
        ]
        for field: Field in [.time, .level, .id, .received, .logger, .process, .thread, .device] {
            filters.append(.value(field, .exists))
        }
        return filters
    }

    @Test func everyCaseKeepsWhatItMeans() async throws {
        let mixed = try await MixedStore.make(seed: 900)
        for filter in Self.cases(mixed.rows) {
            let found = try await mixed.store.storedRows(ScanRequest(filter: filter))
            #expect(found == mixed.expected(filter), "\(filter)")
        }
        await mixed.store.close()
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func combinationsKeepWhatTheyMean(_ seed: UInt64) async throws {
        let mixed = try await MixedStore.make(seed: 910 + seed, rowCount: 900)
        var random = FilterRandom(seed: seed, rows: mixed.rows)
        for round in 0..<60 {
            let filter = random.filter()
            let order: ScanOrder = round % 2 == 0 ? .newestFirst : .oldestFirst
            let expected = mixed.expected(filter, order: order)
            let found = try await mixed.store.storedRows(ScanRequest(filter: filter, order: order))
            #expect(found == expected, "seed \(seed), round \(round): \(filter)")
            let limit = Int.random(in: 1...20, using: &random.generator)
            let first = try await mixed.store.storedRows(ScanRequest(filter: filter, order: order, limit: limit))
            #expect(first == Array(expected.prefix(limit)), "seed \(seed), round \(round), limit \(limit): \(filter)")
        }
        await mixed.store.close()
    }

    /// The same answer wherever the rows lie.
    @Test func anIdentityOfAnotherStreamIsNoOnes() async throws {
        let mixed = try await MixedStore.make(seed: 930, rowCount: 300)
        for row in [mixed.rows.first!, mixed.rows.last!] {
            var key = row.key
            key.device += 1
            #expect(try await mixed.store.storedRows(ScanRequest(filter: .id(key))) == [])
            key = row.key
            key.session += 1
            #expect(try await mixed.store.entry(key).isEmpty)
        }
        await mixed.store.close()
    }
}
