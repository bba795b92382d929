import Foundation
import LogModel
import Testing

@testable import Agent

/// Losses of power at random moments: what was not synced is there in part, torn or zeroed. Every image opens, no entry
/// that was synced is lost, and none that may have been sent goes out in another batch.
struct SpoolPowerLossTests {
    static let imageCount = ProcessInfo.processInfo.environment["LOGDB_TEST_LONG"] == "1" ? 1_000 : 100
    static let operationCountMax = 40

    @Test func everyImageOpensAndLosesNothing() throws {
        for seed in 0..<Self.imageCount {
            var run = try Run(seed: UInt64(seed))
            let count = Int.random(in: 1...Self.operationCountMax, using: &run.random)
            for _ in 0..<count { try run.operate() }
            try run.crash()
            try run.check()
        }
    }

    private struct Sent: Equatable {
        var frame: [UInt8]
        var numbers: [Int]
    }

    private struct Run {
        var random: SeededRandom
        private let seed: UInt64
        private let fixture: SpoolFixture
        private var entries: EntryLog?
        private var batches: BatchLog?
        private let encoder = FrameEncoder()
        private var lastNumber = 0
        /// Entries that survive: synced themselves, or in a batch that is.
        private var durable: Set<Int> = []
        private var acknowledged: Set<Int> = []
        private var sent: [UploadBatch: Sent] = [:]
        private var syncedByteCounts: [String: Int] = [:]
        /// The size that the file of batches had before the last operation, where that was cutting one.
        private var beforeCut: (name: String, byteCount: Int, batch: UploadBatch)?

        init(seed: UInt64) throws {
            self.seed = seed
            random = SeededRandom(seed: seed)
            fixture = try SpoolFixture()
            batches = try BatchLog(directory: fixture.batchesPath)
            entries = try fixture.entryLog()
        }

        mutating func operate() throws {
            guard let entries, let batches else { return }
            beforeCut = nil
            switch Int.random(in: 0..<10, using: &random) {
            case 0...3:
                let count = Int.random(in: 1...5, using: &random)
                let logged = (lastNumber + 1...lastNumber + count).map {
                    SpoolFixture.entry($0, level: [.debug, .error, .warn, .fatal].randomElement(using: &random)!)
                }
                try entries.append(Batch(logged), mark: nil)
                lastNumber += count
            case 4:
                try entries.sync()
                durable.formUnion(1..<lastNumber + 1)
            case 5: try entries.seal()
            case 6, 7: try cut(entries, batches)
            case 8:
                guard let first = batches.waiting.first?.batch else { break }
                batches.acknowledge(first)
                acknowledged.formUnion(sent[first]?.numbers ?? [])
            default:
                guard entries.canRelease(before: batches.acknowledged) else { break }
                try batches.writeState()
                try entries.release(before: batches.acknowledged)
            }
            if entries.isSynced {
                durable.formUnion(1..<lastNumber + 1)
                for name in try Files.names(in: fixture.entriesPath) {
                    syncedByteCounts[name] = try size(fixture.entriesPath + "/" + name)
                }
            }
        }

        private mutating func cut(_ entries: EntryLog, _ batches: BatchLog) throws {
            let reading = try entries.read(
                isUrgent: Bool.random(using: &random), countMax: Int.random(in: 1...8, using: &random),
                byteCountMax: 1 << 20)
            guard !reading.batch.isEmpty else {
                entries.advance(past: reading)
                if !reading.isUrgent { batches.moveOn(to: entries.progress) }
                return
            }
            let name = try #require(try Files.names(in: fixture.batchesPath).last)
            let byteCount = try size(fixture.batchesPath + "/" + name)
            let frame = encoder.encode(reading.batch)
            let batch = try batches.append(
                frame, entryCount: reading.batch.count, isUrgent: reading.isUrgent, after: reading.after)
            entries.advance(past: reading)
            sent[batch] = Sent(frame: frame, numbers: reading.batch.times.map { Int($0) })
            beforeCut = (name, byteCount, batch)
        }

        /// Leaves the directory as a loss of power may.
        mutating func crash() throws {
            entries = nil
            batches = nil
            for name in try Files.names(in: fixture.entriesPath) {
                let path = fixture.entriesPath + "/" + name
                var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
                let synced = syncedByteCounts[name] ?? 0
                guard bytes.count > synced else { continue }
                let kept = Int.random(in: synced...bytes.count, using: &random)
                bytes.removeLast(bytes.count - kept)
                // Pages reach the disk in any order.
                if kept > synced, Bool.random(using: &random) {
                    let start = Int.random(in: synced..<kept, using: &random)
                    for index in start..<min(kept, start + 64) { bytes[index] = 0 }
                }
                try Data(bytes).write(to: URL(fileURLWithPath: path))
            }
            if let (name, byteCount, batch) = beforeCut, Bool.random(using: &random) {
                // The power went while the batch was written: it was not sent.
                let path = fixture.batchesPath + "/" + name
                let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
                let kept = Int.random(in: min(byteCount, bytes.count)..<bytes.count, using: &random)
                try bytes.prefix(kept).write(to: URL(fileURLWithPath: path))
                sent[batch] = nil
            } else {
                for sent in sent.values { durable.formUnion(sent.numbers) }
            }
        }

        func check() throws {
            let batches = try BatchLog(directory: fixture.batchesPath)
            let entries = try fixture.entryLog(
                batches.progress, acknowledged: batches.acknowledged, waiting: batches.waiting.map(\.after))
            let unreadCount = entries.unread.total
            var found: [Int] = []
            for held in batches.waiting {
                let sent = try #require(sent[held.batch], "seed \(seed): a batch that nobody cut")
                #expect(try batches.frame(of: held.batch) == sent.frame, "seed \(seed)")
                found += sent.numbers
            }
            let rest = try entries.readAll().logged.map { Int($0.time.microseconds) }
            #expect(rest.count == unreadCount, "seed \(seed)")
            // What may have been sent goes out under its own number only.
            let once = Set(sent.values.flatMap(\.numbers))
            #expect(once.isDisjoint(with: rest), "seed \(seed)")
            found += rest
            #expect(Set(found).count == found.count, "seed \(seed): twice")
            #expect(Set(found).isSubset(of: 1..<lastNumber + 1), "seed \(seed)")
            let lost = durable.subtracting(acknowledged).subtracting(found)
            #expect(lost.isEmpty, "seed \(seed): lost \(lost.sorted())")
        }

        private func size(_ path: String) throws -> Int {
            try #require(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
        }
    }
}

/// A compressor that a copyable value can have.
private final class FrameEncoder {
    private var compressor = ZstdCompressor()

    func encode(_ batch: Batch) -> [UInt8] { BatchFrame.encode(batch, level: 1, using: &compressor) }
}
