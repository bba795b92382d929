import LogModel
import Testing

@testable import LogDB

/// Counts over whole segments, which read no block.
struct SegmentAggregatorTests {
    /// One merged segment a day on two days, and nothing else.
    private func store() async throws -> (TemporaryDirectory, LogStore, [Entry]) {
        let directory = try TemporaryDirectory()
        let store = try await LogStore.open(at: directory.path)
        var entries: [Entry] = []
        for index in 0..<3_000 {
            entries.append(
                Entry(
                    time: Timestamp(microseconds: 1_735_900_000_000_000 + Int64(index) * 40_000_000),
                    level: Level.allCases[index % 5], device: "d\(index % 3)", session: index % 2 == 0 ? "s" : "",
                    module: "m\(index % 4)",
                    message: index % 7 == 0 ? "Received block blk_\(index)" : "took \(index % 100) ms for job \(index)")
            )
        }
        _ = try await store.append(Batch(entries))
        try await store.compact()
        return (directory, store, entries)
    }

    private func total(
        _ store: LogStore, _ filter: Filter, _ keys: [GroupKey] = [], range: TimeRange = .all
    ) async throws -> (counts: [[GroupValue]: UInt64], statistics: ScanStatistics) {
        let result = try await store.aggregate(AggregateRequest(range: range, filter: filter, keys: keys))
        return (
            Dictionary(uniqueKeysWithValues: result.groups.map { ($0.values, $0.count) }), result.statistics
        )
    }

    @Test func filtersOnLevelsAndWordsAreCountedWithoutReading() async throws {
        let (_, store, entries) = try await store()
        let received = Filter.text(.word(Array("received".utf8)))
        let cases: [(Filter, (Entry) -> Bool)] = [
            (.everything, { _ in true }),
            (.level([LevelSet(.error), LevelSet(.warn)]), { $0.level == .error || $0.level == .warn }),
            (received, { $0.message.hasPrefix("Received") }),
            (.all([received, .level(LevelSet(.error))]), { $0.message.hasPrefix("Received") && $0.level == .error }),
            (.any([received, .level(LevelSet(.error))]), { $0.message.hasPrefix("Received") || $0.level == .error }),
            (
                .not(.any([received, .level(LevelSet(.error))])),
                { !$0.message.hasPrefix("Received") && $0.level != .error }
            ),
            (.text(.phrase(Array("ms for job".utf8), openEnd: false)), { $0.message.hasPrefix("took") }),
            (.nothing, { _ in false }),
        ]
        for (filter, passes) in cases {
            let (counts, statistics) = try await total(store, filter)
            #expect(counts == [[]: UInt64(entries.count { passes($0) })], "\(filter)")
            #expect(statistics.blocksRead == 0)
            let byLevel = try await total(store, filter, [.field(.level)])
            for level in Level.allCases {
                let expected = UInt64(entries.count { passes($0) && $0.level == level })
                #expect(byLevel.counts[[.text(Array(level.name.utf8))], default: 0] == expected)
            }
            #expect(byLevel.statistics.blocksRead == 0)
        }
        await store.close()
    }

    @Test func whatTheValuesDecideIsRead() async throws {
        let (_, store, entries) = try await store()
        let (counts, statistics) = try await total(store, .text(.word(Array("blk_14".utf8))))
        #expect(counts == [[]: UInt64(entries.count { $0.message.hasSuffix("blk_14") })])
        #expect(statistics.blocksRead > 0)
        await store.close()
    }

    @Test func histogramsOfWholeMinutesAreCountedWithoutReading() async throws {
        let (_, store, entries) = try await store()
        for step: Int64 in [60_000_000, 3_600_000_000, 86_400_000_000] {
            let (counts, statistics) = try await total(
                store, .level([LevelSet(.error), LevelSet(.info)]),
                [.timeBucket(step: step, offset: 0), .field(.level)])
            var expected: [[GroupValue]: UInt64] = [:]
            for entry in entries where entry.level == .error || entry.level == .info {
                let bucket = entry.time.microseconds / step * step
                expected[[.time(bucket), .text(Array(entry.level.name.utf8))], default: 0] += 1
            }
            #expect(counts == expected)
            #expect(statistics.blocksRead == 0)
        }
        // Half minutes are not in the census.
        let half = try await total(store, .everything, [.timeBucket(step: 30_000_000, offset: 0)])
        #expect(half.counts.values.reduce(0, +) == UInt64(entries.count))
        #expect(half.statistics.blocksRead > 0)
        await store.close()
    }

    @Test func devicesAndSessionsAreCountedWithoutReading() async throws {
        let (_, store, entries) = try await store()
        let devices = try await total(store, .everything, [.field(.device)])
        for device in ["d0", "d1", "d2"] {
            #expect(
                devices.counts[[.text(Array(device.utf8))]] == UInt64(entries.count { $0.device == device }))
        }
        let sessions = try await total(store, .everything, [.field(.session)])
        #expect(sessions.counts == [[.missing]: 1_500, [.text(Array("s".utf8))]: 1_500])
        #expect(devices.statistics.blocksRead == 0 && sessions.statistics.blocksRead == 0)
        await store.close()
    }

    /// A range that cuts a segment is counted from its blocks, the rest is not.
    @Test func aRangeThatCutsASegmentIsExact() async throws {
        let (_, store, entries) = try await store()
        let range = TimeRange(since: entries[1_000].time, until: entries[2_900].time)
        let (counts, _) = try await total(store, .everything, [.field(.level)], range: range)
        #expect(counts.values.reduce(0, +) == 1_900)
        await store.close()
    }
}
