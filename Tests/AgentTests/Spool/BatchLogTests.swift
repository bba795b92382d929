import Foundation
import LogModel
import Testing

@testable import Agent

struct BatchLogTests {
    private let fixture: SpoolFixture

    init() throws { fixture = try SpoolFixture() }

    private func open() throws -> BatchLog { try BatchLog(directory: fixture.batchesPath) }

    private func position(_ number: Int) -> SpoolPosition {
        SpoolPosition(segment: 1, offset: Int64(100 * number), index: number)
    }

    private func append(_ log: BatchLog, _ number: Int) throws -> UploadBatch {
        try log.append(Array("frame \(number)".utf8), entryCount: number, after: position(number))
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
        #expect(second.position == position(3))
        second.acknowledge(batches[0])
        second.acknowledge(batches[1])
        try second.writeState()
        let third = try open()
        #expect(third.waiting.map(\.batch) == [batches[2]])
        #expect(third.acknowledgedPosition == position(2))
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
            #expect(again.position == position(1))
            // A sequence that may have been used is not used for other bytes.
            if byteCount > whole.count { #expect(again.boot != boot) }
            let next = try append(again, 2)
            #expect(again.position == position(2))
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
            #expect(again.position == (count == 0 ? .start : position(count)), "bit \(bit)")
            for (index, held) in again.waiting.enumerated() {
                #expect(try again.frame(of: held.batch) == Array("frame \(index + 1)".utf8))
            }
        }
    }

    @Test func keepsAcknowledgedBatchesForAWhileAndThenLetsGo() throws {
        let log = try open()
        let frame = [UInt8](repeating: 7, count: 64 << 10)
        for number in 1...400 {
            let batch = try log.append(frame, entryCount: 1, after: position(number))
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
