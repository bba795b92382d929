import LogModel
import Testing

@testable import LogDB

/// Rules by device, module, level and environment, and by bytes: what goes is what they say, and no more.
struct RetentionPolicyTests {
    private static let day: Int64 = 86_400_000_000

    private func open(_ directory: TemporaryDirectory) async throws -> LogStore {
        var options = MixedStore.options
        options.retentionCheckInterval = .seconds(3_600)
        return try await LogStore.open(at: directory.path, options: options)
    }

    /// Entries of each level, three modules and two devices, of today and of 2, 5, 20 and 200 days ago.
    private func fill(_ store: LogStore) async throws -> [StoredRow] {
        let now = Timestamp.now.microseconds
        for age in [200, 20, 5, 2, 0] as [Int64] {
            var entries: [Entry] = []
            for index in 0..<120 {
                entries.append(
                    Entry(
                        time: Timestamp(microseconds: now - age * Self.day - Int64(index) * 1_000),
                        level: Level.allCases[index % 5], device: "DEV-\(index % 2)",
                        module: ["nav", "input", "cam"][index % 3], message: "age \(age) entry \(index)"))
            }
            _ = try await store.append(Batch(entries))
            try await store.sealHead()
        }
        return try await store.storedRows()
    }

    private func age(_ row: StoredRow, in days: Int64) -> Bool {
        row.entry.time.microseconds < Timestamp.now.microseconds - days * Self.day
    }

    @Test func theFirstRuleThatFitsDecides() async throws {
        let directory = try TemporaryDirectory()
        var store = try await open(directory)
        let rows = try await fill(store)
        var policy = RetentionPolicy()
        policy.coldAfter = nil
        policy.deleteAfter = .seconds(30 * 86_400)
        policy.rules = [
            .init(device: "dev-1", levels: LevelSet(.error), deleteAfter: nil),
            .init(module: "cam", deleteAfter: .seconds(10 * 86_400)),
            .init(levels: LevelSet(.debug), deleteAfter: .seconds(3 * 86_400)),
        ]
        func isKept(_ row: StoredRow) -> Bool {
            let entry = row.entry
            if entry.device == "DEV-1", entry.level == .error { return true }
            if entry.module == "cam" { return !age(row, in: 10) }
            if entry.level == .debug { return !age(row, in: 3) }
            return !age(row, in: 30)
        }
        let effects = try await store.retentionEffects(policy)
        #expect(effects.map(\.rule) == ["rule 2", "rule 3", "default"])
        #expect(effects.reduce(0) { $0 + Int($1.entryCount) } == rows.count { !isKept($0) })
        #expect(effects.allSatisfy { $0.byteCount > 0 })
        #expect(try await store.storedRows() == rows)

        try await store.setRetentionPolicy(policy)
        try await store.applyRetention()
        #expect(try await store.storedRows() == rows.filter(isKept))
        #expect(try await store.retentionEffects(policy).allSatisfy { $0.entryCount == 0 })
        #expect(try await store.verify().damages == [])
        // Applied again, nothing is written again.
        let ids = Set(store.view.snapshot().segments.map(\.record.id))
        try await store.applyRetention()
        #expect(Set(store.view.snapshot().segments.map(\.record.id)) == ids)
        #expect(try await store.orphansInTheEnd() == [])
        await store.close()
        store = try await open(directory)
        #expect(store.retentionPolicy == policy)
        #expect(try await store.storedRows() == rows.filter(isKept))
        await store.close()
    }

    @Test func whatIsColdExpiresToo() async throws {
        let directory = try TemporaryDirectory()
        let store = try await open(directory)
        let rows = try await fill(store)
        try await store.tier(olderThan: .seconds(86_400))
        var policy = RetentionPolicy()
        policy.rules = [.init(levels: [LevelSet(.debug), LevelSet(.info)], deleteAfter: .seconds(3 * 86_400))]
        try await store.setRetentionPolicy(policy)
        try await store.applyRetention()
        let left = rows.filter { ![.debug, .info].contains($0.entry.level) || !age($0, in: 3) }
        #expect(try await store.storedRows() == left)
        #expect(try await store.verify().damages == [])
        await store.close()
    }

    @Test func theOldestGoWhenThereAreTooManyBytes() async throws {
        let directory = try TemporaryDirectory()
        let store = try await open(directory)
        let rows = try await fill(store)
        let sizes = store.view.snapshot().segments.map { $0.record.byteCount }
        let total = sizes.reduce(0, +)
        var policy = RetentionPolicy()
        policy.coldAfter = nil
        policy.hotByteCountMax = total / 2
        #expect(try await store.retentionEffects(policy).map(\.rule) == ["hot_bytes_max"])
        try await store.setRetentionPolicy(policy)
        try await store.applyRetention()
        #expect(try await store.storedRows() == rows)
        let hot = store.view.snapshot().segments.filter { $0.record.coldKey == nil }
        #expect(!hot.isEmpty && hot.reduce(0) { $0 + $1.record.byteCount } <= total / 2)

        policy = RetentionPolicy()
        policy.byteCountMax = total / 2
        let effect = try #require(try await store.retentionEffects(policy).last)
        #expect(effect.rule == "bytes_max" && effect.action == .delete && effect.entryCount > 0)
        try await store.setRetentionPolicy(policy)
        try await store.applyRetention()
        let left = try await store.storedRows()
        #expect(left == Array(rows.prefix(rows.count - Int(effect.entryCount))))
        await store.close()
    }

    @Test func anEntryPastEveryRuleIsRefused() async throws {
        let directory = try TemporaryDirectory()
        let store = try await open(directory)
        var policy = RetentionPolicy()
        policy.deleteAfter = .seconds(86_400)
        policy.rules = [.init(levels: LevelSet(.error), deleteAfter: .seconds(10 * 86_400))]
        try await store.setRetentionPolicy(policy)
        let now = Timestamp.now.microseconds
        func receipt(_ days: Int64) async throws -> AppendReceipt {
            try await store.append(
                Batch([
                    Entry(time: Timestamp(microseconds: now - days * Self.day), level: .info, device: "D", message: "m")
                ]))
        }
        #expect(try await receipt(5).accepted == 1)
        #expect(try await receipt(11).rejected.map(\.code) == ["expired"])
        policy.rules[0].deleteAfter = nil
        try await store.setRetentionPolicy(policy)
        #expect(try await receipt(11).accepted == 1)
        await store.close()
    }

    @Test func policiesOutOfBoundsAreRefused() async throws {
        let directory = try TemporaryDirectory()
        let store = try await open(directory)
        var short = RetentionPolicy()
        short.deleteAfter = .seconds(60)
        var empty = RetentionPolicy()
        empty.rules = [.init(deleteAfter: .seconds(86_400))]
        for policy in [short, empty] {
            await #expect(throws: LogError.self) { try await store.setRetentionPolicy(policy) }
        }
        #expect(store.retentionPolicy.rules.isEmpty)
        await store.close()
    }
}
