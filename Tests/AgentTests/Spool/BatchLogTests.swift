import Foundation
import LogModel
import Testing

@testable import Agent

struct BatchLogTests {
    private let fixture: SpoolFixture

    init() throws { fixture = try SpoolFixture() }

    private func open() throws -> BatchLog { try BatchLog(directory: fixture.batchesPath) }

    /// Urgent entries are a segment ahead.
    private func progress(_ number: Int) -> SpoolProgress {
        SpoolProgress(
            position: SpoolPosition(segment: 1, offset: Int64(100 * number), index: number),
            urgentPosition: SpoolPosition(segment: 2, offset: Int64(100 * number), index: number))
    }

    private func append(_ log: BatchLog, _ number: Int, isUrgent: Bool = false) throws -> UploadBatch {
        try log.append(
            Array("frame \(number)".utf8), entryCount: number, isUrgent: isUrgent, after: progress(number))
    }

    @Test func keepsBytesAndSequencesOverAKill() throws {
        let first = try open()
        let batches = try (1...3).map { try append(first, $0) }
        #expect(batches.map(\.sequence) == [1, 2, 3])
        first.acknowledge(batches[0])
        // Not written yet: the batch is sent twice, which costs nothing but its way.
        let second = try open()
        #expect(second.boot == first.boot)
        #expect(second.waiting.map(\.batch) == batches)
        #expect(second.progress == progress(3))
        second.acknowledge(batches[0])
        second.acknowledge(batches[1])
        try second.writeState()
        let third = try open()
        #expect(third.waiting.map(\.batch) == [batches[2]])
        #expect(third.acknowledged == progress(2))
        #expect(third.grace.map(\.batch) == Array(batches[..<2]))
        #expect(try third.frame(of: batches[2]) == Array("frame 3".utf8))
        #expect(try append(third, 4).sequence == 4)
    }

    @Test func aTornBatchWasNeverSent() throws {
        var log: BatchLog? = try open()
        let first = try append(try #require(log), 1)
        let name = try #require(try Files.names(in: fixture.batchesPath).last)
        let path = fixture.batchesPath + "/" + name
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        _ = try append(try #require(log), 2)
        let all = try Data(contentsOf: URL(fileURLWithPath: path))
        let boot = try #require(log?.boot)
        log = nil
        for byteCount in whole.count..<all.count {
            for other in try Files.names(in: fixture.batchesPath) {
                try Files.remove(fixture.batchesPath + "/" + other)
            }
            try all.prefix(byteCount).write(to: URL(fileURLWithPath: path))
            let again = try open()
            #expect(again.waiting.map(\.batch) == [first])
            #expect(again.progress == progress(1))
            // A sequence that may have been used is not used for other bytes.
            if byteCount > whole.count { #expect(again.boot != boot) }
            let next = try append(again, 2)
            #expect(again.progress == progress(2))
            #expect(try again.frame(of: next) == Array("frame 2".utf8))
            #expect(try again.frame(of: first) == Array("frame 1".utf8))
        }
    }

    /// Whatever bit flips: the log opens, and no entry before its position is neither in a batch nor acknowledged.
    @Test func damageLosesNoEntry() throws {
        let log = try open()
        for number in 1...3 { _ = try append(log, number) }
        let name = try #require(try Files.names(in: fixture.batchesPath).last)
        let path = fixture.batchesPath + "/" + name
        let all = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        for bit in stride(from: 0, to: all.count * 8, by: 3) where bit / 8 != 4 {
            for other in try Files.names(in: fixture.batchesPath) {
                try Files.remove(fixture.batchesPath + "/" + other)
            }
            var bytes = all
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            let again = try open()
            let count = again.waiting.count
            #expect(again.progress == (count == 0 ? .start : progress(count)), "bit \(bit)")
            for (index, held) in again.waiting.enumerated() {
                #expect(try again.frame(of: held.batch) == Array("frame \(index + 1)".utf8))
            }
        }
    }

    /// With a batch that cannot be read both positions go back to where all is acknowledged, or in batches before it.
    @Test func aDamagedBatchCountsForNeitherPosition() throws {
        for acknowledgedCount in 0...2 {
            var log: BatchLog? = try open()
            for number in 1...2 { _ = try append(try #require(log), number, isUrgent: number == 2) }
            let state = try Files.names(in: fixture.batchesPath).last.map { fixture.batchesPath + "/" + $0 }
            for _ in 0..<acknowledgedCount { log?.acknowledge(try #require(log?.waiting.first).batch) }
            try log?.writeState()
            _ = try append(try #require(log), 3, isUrgent: true)
            log = nil
            let path = try #require(state)
            var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
            bytes[try #require(bytes.firstRange(of: Array("frame 2".utf8))).lowerBound] ^= 1
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            let again = try open()
            #expect(again.progress == progress(max(1, acknowledgedCount)))
            #expect(again.acknowledged == (acknowledgedCount == 0 ? .start : progress(acknowledgedCount)))
            #expect(again.waiting.count == (acknowledgedCount == 0 ? 1 : 0))
            for name in try Files.names(in: fixture.batchesPath) {
                try Files.remove(fixture.batchesPath + "/" + name)
            }
        }
    }

    @Test func saysWhereTheEntriesOfABatchEnd() throws {
        let log = try open()
        let batches = [try append(log, 1), try append(log, 2, isUrgent: true)]
        for log in [log, try open()] {
            #expect(log.end(of: batches[0]) == progress(1).position)
            #expect(log.end(of: batches[1]) == progress(2).urgentPosition)
            #expect(log.firstEnd == progress(1).position)
        }
    }

    @Test func whatIsInBatchesAnywayIsAcknowledgedWithTheLast() throws {
        let log = try open()
        let batch = try append(log, 1)
        log.moveOn(to: progress(2))
        #expect(log.end(of: batch) == progress(1).position)
        try log.writeState()
        for log in [try open(), log] {
            #expect(log.progress == progress(2))
            #expect(log.acknowledged == .start)
            log.acknowledge(batch)
            #expect(log.acknowledged == progress(2))
        }
        try log.writeState()
        let again = try open()
        #expect(again.waiting.isEmpty)
        #expect(again.acknowledged == progress(2))
        again.moveOn(to: progress(3))
        #expect(again.acknowledged == progress(3))
    }

    @Test func keepsAcknowledgedBatchesForAWhileAndThenLetsGo() throws {
        let log = try open()
        let frame = [UInt8](repeating: 7, count: 64 << 10)
        for number in 1...400 {
            let batch = try log.append(frame, entryCount: 1, after: progress(number))
            log.acknowledge(batch)
        }
        #expect(log.grace.count > 50)
        #expect(log.grace.count <= BatchLog.graceCountMax)
        let byteCount = try Files.names(in: fixture.batchesPath).reduce(0) { sum, name in
            sum + (try Data(contentsOf: URL(fileURLWithPath: fixture.batchesPath + "/" + name)).count)
        }
        #expect(Int64(byteCount) <= BatchLog.graceByteCountMax + 3 * BatchLog.segmentByteCountMax)
        let again = log.resend(after: 390, before: 400)
        #expect(again.map(\.sequence) == Array(391..<400))
        #expect(try log.frame(of: again[0]) == frame)
    }
}
