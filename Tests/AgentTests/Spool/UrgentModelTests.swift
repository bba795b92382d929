import Foundation
import LogModel
import Testing

@testable import Agent

/// Random operations on the two logs, against a plain list: every entry is in one batch, or told as dropped; in order among
/// the urgent ones, and in order among the others.
struct UrgentModelTests {
    static let seedCount = ProcessInfo.processInfo.environment["LOGDB_TEST_LONG"] == "1" ? 100 : 12
    static let operationCount = 300

    @Test(arguments: AgentConfiguration.SpoolSettings.WhenFull.allCases)
    func everyEntryOnceOrTold(whenFull: AgentConfiguration.SpoolSettings.WhenFull) throws {
        var droppedCount = 0
        for seed in 0..<Self.seedCount {
            let run = try Run(seed: UInt64(seed), whenFull)
            for _ in 0..<Self.operationCount { try run.operate() }
            try run.end()
            droppedCount += run.droppedCount
        }
        #expect(whenFull == .block || droppedCount > 100 * Self.seedCount)
    }

    private final class Run {
        private var random: SeededRandom
        private let seed: UInt64
        private let fixture: SpoolFixture
        private var batches: BatchLog
        private var log: EntryLog
        /// The level of each entry, by its number.
        private var logged: [Level] = []
        private var sent: [UploadBatch: [Int]] = [:]
        private var found: [Int] = []
        private var told = LevelCounts()
        /// Where the clock was set, and the number of the next entry then.
        private var epochs: [(position: SpoolPosition, number: Int)] = []
        var droppedCount: Int { told.total }

        init(seed: UInt64, _ whenFull: AgentConfiguration.SpoolSettings.WhenFull) throws {
            self.seed = seed
            random = SeededRandom(seed: seed)
            var fixture = try SpoolFixture()
            fixture.settings.byteCountMax = 64 << 10
            fixture.settings.whenFull = whenFull
            self.fixture = fixture
            batches = try BatchLog(directory: fixture.batchesPath)
            log = try fixture.entryLog()
        }

        func operate() throws {
            switch Int.random(in: 0..<20, using: &random) {
            case 0...10: try append()
            case 11: try cut(isUrgent: false)
            case 12, 13: try cut(isUrgent: true)
            case 14: try log.seal()
            case 15, 16: if let first = batches.waiting.first?.batch { batches.acknowledge(first) }
            case 17: try release()
            case 18: epochs.append((log.end, logged.count))
            default: try reopen()
            }
        }

        /// What is left goes into batches.
        func end() throws {
            while !log.unread.isEmpty { try cut(isUrgent: Bool.random(using: &random)) }
            try cut(isUrgent: false)
            #expect(log.progress.position >= log.progress.urgentPosition, "seed \(seed)")
            while let first = batches.waiting.first?.batch { batches.acknowledge(first) }
            try log.seal()
            try release()
            #expect(log.sealed.isEmpty, "seed \(seed)")
            try reopen()
            #expect(log.unread.isEmpty, "seed \(seed)")
            #expect(Set(found).count == found.count, "seed \(seed): twice")
            var missing = LevelCounts()
            for number in Set(logged.indices).subtracting(found) { missing[logged[number]] += 1 }
            #expect(missing == told, "seed \(seed): missing \(missing.byName), told \(told.byName)")
            for isUrgent in [false, true] {
                let numbers = found.filter { logged[$0].isUrgent == isUrgent }
                #expect(numbers == numbers.sorted(), "seed \(seed)")
            }
        }

        private func append() throws {
            let entries = (0..<Int.random(in: 1...30, using: &random)).map { index in
                SpoolFixture.entry(
                    logged.count + index, level: Level.allCases.randomElement(using: &random)!,
                    padding: Int.random(in: 0...200, using: &random))
            }
            var count = 0
            do throws(AgentError) {
                try log.append(Batch(entries), mark: nil, appendedCount: &count)
            } catch {
                guard error.code == .diskFull else { throw error }
            }
            logged += entries[..<count].map(\.level)
        }

        private func cut(isUrgent: Bool) throws {
            let countMax = Int.random(in: 1...(isUrgent ? 80 : 40), using: &random)
            let reading = try log.read(
                isUrgent: isUrgent, countMax: countMax, byteCountMax: 1 << 20, boundaries: epochs.map(\.position))
            let entries = (0..<reading.batch.count).map { reading.batch[$0] }
            let numbers = entries.logged.map { Int($0.time.microseconds) }
            guard !entries.isEmpty else {
                log.advance(past: reading)
                if !isUrgent { batches.moveOn(to: log.progress) }
                #expect(log.unread.urgent.isEmpty, "seed \(seed)")
                return
            }
            checkEpoch(of: numbers, reading.end)
            let batch = try batches.append(
                numbers.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] }, entryCount: entries.count, isUrgent: isUrgent,
                after: reading.after)
            log.advance(past: reading)
            #expect(batches.end(of: batch) == reading.end)
            sent[batch] = numbers
            found += numbers
            for index in entries.indices { told += SpoolNoteEntry.told(reading.batch, index) ?? LevelCounts() }
            if isUrgent { #expect(numbers.allSatisfy { logged[$0].isUrgent }) }
        }

        private func checkEpoch(of numbers: [Int], _ end: SpoolPosition) {
            // Segments that are rewritten have their entries elsewhere.
            guard log.whenFull != .lowestLevel else { return }
            let epoch = epochs.lastIndex { $0.position < end }
            for number in numbers {
                #expect(epochs.lastIndex { $0.number <= number } == epoch, "seed \(seed): \(number)")
            }
        }

        private func release() throws {
            guard log.canRelease(before: batches.acknowledged) else { return }
            try batches.writeState()
            try log.release(before: batches.acknowledged)
        }

        private func reopen() throws {
            let unread = log.unread
            batches = try BatchLog(directory: fixture.batchesPath)
            log = try fixture.entryLog(
                batches.progress, acknowledged: batches.acknowledged, waiting: batches.waiting.map(\.after))
            #expect(log.unread == unread, "seed \(seed)")
            for held in batches.waiting {
                let numbers = try #require(sent[held.batch])
                let frame = try batches.frame(of: held.batch)
                #expect(frame == numbers.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] }, "seed \(seed)")
            }
        }
    }
}
