import LogModel
import Testing

@testable import LogDB

/// What the tables say of devices and sessions is what was accepted.
struct SessionCountTests {
    private struct Name: Hashable {
        var device: String
        var session: String
    }

    /// Counts by level, and the earliest and latest time, of every session.
    private func expected(_ entries: [Entry]) -> [Name: (levels: [UInt64], start: Int64, end: Int64)] {
        var found: [Name: (levels: [UInt64], start: Int64, end: Int64)] = [:]
        for entry in entries where !entry.session.isEmpty {
            let name = Name(device: entry.device, session: entry.session)
            var counts = found[name] ?? ([0, 0, 0, 0, 0], .max, .min)
            counts.levels[Int(entry.level.rawValue)] += 1
            counts.start = min(counts.start, entry.time.microseconds)
            counts.end = max(counts.end, entry.time.microseconds)
            found[name] = counts
        }
        return found
    }

    private func check(_ store: LogStore, _ entries: [Entry]) async throws {
        let devices = try await store.devices()
        #expect(Set(devices.map(\.dsn)) == Set(entries.map { Array($0.device.utf8) }))
        #expect(Set(devices.map(\.id)).count == devices.count)
        let expected = expected(entries)
        let sessions = try await store.sessions()
        #expect(sessions.count == expected.count)
        for session in sessions {
            let device = devices.first { $0.id == session.device }!
            let name = Name(device: device.name, session: String(decoding: session.sessionID, as: UTF8.self))
            guard let counts = expected[name] else {
                Issue.record("no entry names \(name)")
                continue
            }
            #expect(session.levelCounts == counts.levels, "\(name)")
            #expect(session.startedAt == counts.start, "\(name)")
            #expect(session.lastEntryAt == counts.end, "\(name)")
            #expect(session.totalLogs == counts.levels.reduce(0, +))
            #expect(session.warningCount == counts.levels[2])
            #expect(session.errorCount == counts.levels[3] + counts.levels[4])
        }
        #expect(try await store.checkTables() == [])
    }

    @Test func countsAreExactWithDuplicatesAndRefusalsAndReopenings() async throws {
        let directory = try TemporaryDirectory()
        var store = try await LogStore.open(at: directory.path)
        var factory = EntryFactory(seed: 1)
        var accepted: [Entry] = []
        for sequence: UInt64 in 1...30 {
            let entries = factory.entries(Int.random(in: 1...40, using: &factory.generator))
            let identity = BatchIdentity(device: "DEV-0", boot: "boot", sequence: sequence)
            accepted += entries
            _ = try await store.append(Batch(entries), identity: identity)
            if sequence % 3 == 0 { _ = try await store.append(Batch(entries), identity: identity) }
            if sequence % 4 == 0 {
                _ = try? await store.append(Batch(factory.entries(5)), identity: identity)
            }
            if sequence == 9 { try await store.sealHead() }
            if sequence % 10 == 0 {
                await store.close()
                store = try await LogStore.open(at: directory.path)
                try await check(store, accepted)
            }
        }
        #expect(try await store.entries().count == accepted.count)
        await store.close()
    }

    /// Many sessions of many tasks in one commit.
    @Test func countsAreExactUnderConcurrency() async throws {
        let directory = try TemporaryDirectory()
        let store = try await LogStore.open(at: directory.path)
        let accepted = try await withThrowingTaskGroup(of: [Entry].self) { group in
            for task in 0..<24 as Range<UInt64> {
                group.addTask {
                    var factory = EntryFactory(seed: task)
                    let entries = (0..<4).map { _ in factory.entries(15) }
                    for part in entries { _ = try await store.append(Batch(part)) }
                    return entries.flatMap { $0 }
                }
            }
            return try await group.reduce(into: [Entry]()) { $0 += $1 }
        }
        try await check(store, accepted)
        await store.close()
    }

    @Test func entriesWithoutASessionMakeNone() async throws {
        let directory = try TemporaryDirectory()
        let store = try await LogStore.open(at: directory.path)
        _ = try await store.append(Batch([Entry(time: Timestamp(microseconds: 1), device: "D", message: "m")]))
        #expect(try await store.sessions().isEmpty)
        #expect(try await store.devices().map(\.name) == ["D"])
        await store.close()
    }

    @Test func namesThatDifferOnlyByCaseAreDifferentDevices() async throws {
        let directory = try TemporaryDirectory()
        let store = try await LogStore.open(at: directory.path)
        let entries = ["d", "D", "É", "é"].map {
            Entry(time: Timestamp(microseconds: 1), device: $0, session: "s", message: "of \($0)")
        }
        _ = try await store.append(Batch(entries))
        #expect(try await store.devices().map(\.name) == ["d", "D", "É", "é"])
        let filter = Filter.value(.device, .equals(Array("D".utf8), caseSensitive: false))
        for _ in 0..<2 {
            #expect(try await store.entries(ScanRequest(filter: filter)).map(\.device) == ["d", "D"])
            try await store.sealHead()
        }
        await store.close()
    }
}
