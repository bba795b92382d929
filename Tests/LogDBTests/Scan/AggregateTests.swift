import LogModel
import Testing

@testable import LogDB

/// Counts by groups, against counting row by row.
struct AggregateTests {
    private static let fields: [Field] = [
        .time, .level, .device, .session, .module, .logger, .process, .thread, .message, .id, .received,
        .context("camera_id"), .context("retry_count"), .context("request_id"), .context("absent"),
    ]

    private func value(_ key: GroupKey, _ row: StoredRow) -> GroupValue {
        func text(_ text: String?) -> GroupValue { text.map { .text(Array($0.utf8)) } ?? .missing }
        func identifier(_ name: String) -> GroupValue { text(name.isEmpty ? nil : name) }
        switch key {
        case .timeBucket(let step, let offset):
            return .time(NaiveBucket.start(row.key.time, step: step, offset: offset))
        case .field(let field):
            switch field {
            case .time: return .time(row.key.time)
            case .received: return .time(row.received)
            case .level: return text(row.entry.level.name)
            case .device: return identifier(row.entry.device)
            case .session: return identifier(row.entry.session)
            case .module: return identifier(row.entry.module)
            case .logger: return identifier(row.entry.logger)
            case .process: return identifier(row.entry.process)
            case .thread: return identifier(row.entry.thread)
            case .message: return text(row.entry.message)
            case .id: return text(row.key.id)
            case .context(let name): return text(row.entry.context.first { $0.key == name }?.value)
            }
        }
    }

    private func expected(_ rows: [StoredRow], _ request: AggregateRequest) -> [[GroupValue]: UInt64] {
        let matcher = NaiveFilter()
        let kept = rows.filter { request.range.contains($0.entry.time) && matcher.matches(request.filter, $0) }
        var counts: [[GroupValue]: UInt64] = request.keys.isEmpty ? [[]: 0] : [:]
        for row in kept { counts[request.keys.map { value($0, row) }, default: 0] += 1 }
        return counts
    }

    private func counts(_ result: AggregateResult) -> [[GroupValue]: UInt64] {
        Dictionary(uniqueKeysWithValues: result.groups.map { ($0.values, $0.count) })
    }

    private func check(_ mixed: MixedStore, _ request: AggregateRequest, _ comment: Comment) async throws {
        let found = counts(try await mixed.store.aggregate(request))
        #expect(found == expected(mixed.rows, request), comment)
    }

    @Test func everyDimensionByItself() async throws {
        let mixed = try await MixedStore.make(seed: 80, rowCount: 900)
        var random = FilterRandom(seed: 80, rows: mixed.rows)
        let buckets: [GroupKey] = [
            .timeBucket(step: 1, offset: 0), .timeBucket(step: 1_000_000, offset: 0),
            .timeBucket(step: 7_777_777, offset: 123),
            .timeBucket(step: Timestamp.microsecondsPerDay, offset: -3_600_000_000),
            .timeBucket(step: 1 << 60, offset: 5),
        ]
        for key in Self.fields.map({ GroupKey.field($0) }) + buckets {
            for filter in [Filter.everything, .level(.atLeast(.warn)), random.filter(), random.filter()] {
                try await check(mixed, AggregateRequest(filter: filter, keys: [key]), "\(key) of \(filter)")
            }
        }
        await mixed.store.close()
    }

    @Test func combinationsOfDimensions() async throws {
        let mixed = try await MixedStore.make(seed: 81, rowCount: 900)
        var random = FilterRandom(seed: 81, rows: mixed.rows)
        for round in 0..<40 {
            var keys = (0..<Int.random(in: 0...4, using: &random.generator)).map { _ in
                GroupKey.field(Self.fields.randomElement(using: &random.generator)!)
            }
            if Bool.random(using: &random.generator) {
                keys.append(.timeBucket(step: Int64.random(in: 1...100_000_000, using: &random.generator), offset: 11))
            }
            let range =
                Bool.random(using: &random.generator) ? TimeRange.all : random.range(of: mixed.rows.map(\.key.time))
            let request = AggregateRequest(range: range, filter: random.filter(), keys: keys)
            try await check(mixed, request, "round \(round): \(request)")
        }
        await mixed.store.close()
    }

    /// What summaries answer without reading a row is what the rows say.
    @Test func answersFromSummariesAreThoseOfTheRows() async throws {
        let mixed = try await MixedStore.make(seed: 82, rowCount: 900)
        try await mixed.store.sealHead()
        let day = GroupKey.timeBucket(step: Timestamp.microsecondsPerDay, offset: 0)
        let level = Filter.level(
            LevelSet([LevelSet(.info), LevelSet(.warn), LevelSet(.error), LevelSet(.debug), LevelSet(.fatal)]))
        for keys: [GroupKey] in [
            [], [.field(.level)], [.field(.module)], [day], [day, .field(.level)], [.field(.module), day],
        ] {
            for filter in [Filter.everything, level, .not(.nothing)] {
                let request = AggregateRequest(filter: filter, keys: keys)
                let result = try await mixed.store.aggregate(request)
                #expect(counts(result) == expected(mixed.rows, request), "\(keys)")
                #expect(result.statistics.blocksAnsweredByMetadata == result.statistics.blocksTotal, "\(keys)")
                #expect(result.statistics.blocksRead == 0)
                #expect(result.statistics.rowsMatched == mixed.rows.count)
                // The same, decoded: a condition that no summary answers and every row passes.
                let received = Filter.received(.all)
                let decoded = try await mixed.store.aggregate(
                    AggregateRequest(filter: .all([filter, received]), keys: keys))
                #expect(counts(decoded) == counts(result))
                #expect(decoded.statistics.blocksAnsweredByMetadata == 0)
            }
        }
        await mixed.store.close()
    }

    @Test func aCountOfNothingIsZeroAndGroupsOfNothingAreNone() async throws {
        let directory = try TemporaryDirectory()
        let store = try await LogStore.open(at: directory.path)
        let empty = TimeRange(since: Timestamp(microseconds: 5), until: Timestamp(microseconds: 5))
        for range in [TimeRange.all, empty] {
            #expect(counts(try await store.aggregate(AggregateRequest(range: range))) == [[]: 0])
            #expect(try await store.aggregate(AggregateRequest(range: range, keys: [.field(.level)])).groups.isEmpty)
        }
        await store.close()
    }

    @Test func moreGroupsThanAllowedAreAnErrorOfTheBudget() async throws {
        let mixed = try await MixedStore.make(seed: 83, rowCount: 300)
        await #expect {
            try await mixed.store.aggregate(AggregateRequest(keys: [.field(.id)], groupCountMax: 100))
        } throws: {
            ($0 as? LogError)?.code == .memoryBudget
        }
        #expect(
            try await mixed.store.aggregate(AggregateRequest(keys: [.field(.id)], groupCountMax: 300)).groups.count
                == 300)
        await mixed.store.close()
    }

    @Test func aStepThatIsNoneIsRefused() async throws {
        let mixed = try await MixedStore.make(seed: 84, rowCount: 60)
        for step: Int64 in [0, -1, .min] {
            await #expect {
                try await mixed.store.aggregate(AggregateRequest(keys: [.timeBucket(step: step, offset: 0)]))
            } throws: {
                ($0 as? LogError)?.code == .invalidArgument
            }
        }
        await mixed.store.close()
    }
}

/// Buckets of time with numbers that cannot overflow.
enum NaiveBucket {
    static func start(_ time: Int64, step: Int64, offset: Int64) -> Int64 {
        let shifted = Int128(time) - Int128(offset)
        let remainder = shifted % Int128(step)
        let start = Int128(time) - (remainder < 0 ? remainder + Int128(step) : remainder)
        return start < Int128(Int64.min) ? .min : Int64(start)
    }
}
