import Foundation
import LogModel
import Testing

@testable import Agent

/// Urgent entries go out before others, and each entry once.
struct UrgentReadingTests {
    private var fixture: SpoolFixture

    init() throws { fixture = try SpoolFixture() }

    /// Every fifth is an error, every tenth fatal.
    private static func entry(_ number: Int) -> Entry {
        SpoolFixture.entry(number, level: number % 10 == 0 ? .fatal : number % 5 == 0 ? .error : .debug)
    }

    private static func isUrgent(_ number: Int) -> Bool { number % 5 == 0 }

    private func append(_ numbers: Range<Int>, to log: EntryLog) throws {
        try log.append(Batch(numbers.map { Self.entry($0) }), mark: nil)
    }

    /// The numbers of the entries that come next, which are in a batch then.
    private func take(_ log: EntryLog, urgent isUrgent: Bool = false, _ countMax: Int = 1_000) throws -> [Int] {
        let reading = try log.read(isUrgent: isUrgent, countMax: countMax, byteCountMax: 1 << 20)
        log.advance(past: reading)
        return reading.batch.times.map { Int($0) }
    }

    private func reopened(_ log: EntryLog) throws -> EntryLog { try fixture.entryLog(log.progress) }

    @Test func urgentEntriesComeFirstAndOnce() throws {
        let log = try fixture.entryLog()
        for start in stride(from: 0, to: 60, by: 12) {
            try append(start..<start + 12, to: log)
            if start == 24 { try log.seal() }
        }
        #expect(try take(log, 3) == [0, 1, 2])
        #expect(try take(log, urgent: true, 4) == [5, 10, 15, 20])
        #expect(log.unread.total == 53)
        #expect(log.unread.urgent.total == 7)
        #expect(try take(log, 9) == [3, 4, 6, 7, 8, 9, 11, 12, 13])
        #expect(try take(log, urgent: true) == [25, 30, 35, 40, 45, 50, 55])
        #expect(log.unread.urgent.isEmpty)
        #expect(try take(log, urgent: true) == [])
        try append(60..<62, to: log)
        #expect(try take(log) == (14..<62).filter { !Self.isUrgent($0) || $0 == 60 })
        #expect(log.unread.isEmpty)
        #expect(try take(log) == [])
        #expect(try take(log, urgent: true) == [])
    }

    @Test(arguments: [0, 1, 7, 12, 24, 30], [0, 1, 3, 5, 100])
    func goesOnAfterAnotherStart(count: Int, urgentCount: Int) throws {
        let log = try fixture.entryLog()
        for start in stride(from: 0, to: 36, by: 12) {
            try append(start..<start + 12, to: log)
            if start == 12 { try log.seal() }
        }
        var found: [Int] = []
        if urgentCount > 0 { found += try take(log, urgent: true, urgentCount) }
        if count > 0 { found += try take(log, count) }
        let again = try reopened(log)
        #expect(again.unread == log.unread)
        #expect(again.unread.total == 36 - found.count)
        try append(36..<41, to: again)
        found += try take(again, urgent: true, 2)
        found += try take(again, 10)
        let last = try reopened(again)
        #expect(last.unread == again.unread)
        found += try take(last)
        #expect(found.sorted() == Array(0..<41))
        #expect(last.unread.isEmpty)
    }

    /// A segment may be lost with the power that the urgent position is in; what comes later is not taken for read.
    @Test func whatComesAfterALostSegmentIsNotTakenForRead() throws {
        let log = try fixture.entryLog()
        try append(0..<10, to: log)
        try log.seal()
        try append(10..<20, to: log)
        #expect(try take(log, urgent: true) == [0, 5, 10, 15])
        try Files.remove(log.path(2))
        let again = try reopened(log)
        try append(20..<30, to: again)
        #expect(try take(again, urgent: true) == [20, 25])
        #expect(try take(again) == (0..<30).filter { !Self.isUrgent($0) && !(10..<20).contains($0) })
        #expect(again.unread.isEmpty)
    }

    @Test func aSegmentGoesWhenTheRestOfItIsAcknowledged() throws {
        let log = try fixture.entryLog()
        try append(0..<10, to: log)
        try log.seal()
        try append(10..<20, to: log)
        #expect(try take(log, urgent: true) == [0, 5, 10, 15])
        #expect(!log.canRelease(before: log.progress))
        let acknowledged = log.progress
        #expect(try take(log, 8) == [1, 2, 3, 4, 6, 7, 8, 9])
        #expect(!log.canRelease(before: acknowledged))
        try log.release(before: log.progress)
        #expect(try Files.names(in: fixture.entriesPath) == [SegmentFormat.name(2)])
        #expect(try take(log) == [11, 12, 13, 14, 16, 17, 18, 19])
        #expect(log.ahead.values.allSatisfy { $0.isEmpty })
    }

    @Test func damageCostsWhatItHits() throws {
        let log = try fixture.entryLog()
        for start in stride(from: 0, to: 40, by: 10) { try append(start..<start + 10, to: log) }
        try log.seal()
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: log.path(1))))
        let place = try #require(bytes.firstRange(of: Array("message 15".utf8)))
        bytes[place.lowerBound] ^= 1
        try Data(bytes).write(to: URL(fileURLWithPath: log.path(1)))
        // The segment's sum counts the entries that are lost.
        try append(40..<41, to: log)
        let logged = try log.read(isUrgent: true, countMax: 100, byteCountMax: 1 << 20)
        log.advance(past: logged)
        #expect(
            (0..<logged.batch.count).map { logged.batch[$0] }.logged.map(\.time.microseconds)
                == [0, 5, 20, 25, 30, 35, 40])
        let rest = try log.readAll(step: 100)
        #expect(rest.logged.map { Int($0.time.microseconds) } == (0..<40).filter { !Self.isUrgent($0) && $0 / 10 != 1 })
        #expect(log.unread.isEmpty)
        #expect(log.findings.damageCount == 1)
    }

    /// Readings end at boundaries, also where they pass over segments without looking.
    @Test func noReadingGoesOverABoundary() throws {
        let log = try fixture.entryLog()
        var boundaries: [SpoolPosition] = []
        for start in stride(from: 0, to: 60, by: 10) {
            let numbers = start..<start + 10
            // No urgent ones in the second and the fifth.
            if start == 10 || start == 40 {
                try log.append(SpoolFixture.batch(numbers, level: .debug), mark: nil)
            } else {
                try append(numbers, to: log)
            }
            if start == 0 || start == 30 { try log.seal() }
            if start != 20 { boundaries.append(log.end) }
        }
        func take(urgent isUrgent: Bool) throws -> (numbers: [Int], epoch: Int) {
            let reading = try log.read(
                isUrgent: isUrgent, countMax: 100, byteCountMax: 1 << 20, boundaries: boundaries)
            log.advance(past: reading)
            return (reading.batch.times.map { Int($0) }, boundaries.count { $0 < reading.end })
        }
        for (numbers, epoch) in [([0, 5], 0), ([20, 25, 30, 35], 2), ([50, 55], 4)] {
            let found = try take(urgent: true)
            #expect(found.numbers == numbers)
            #expect(found.epoch == epoch)
        }
        #expect(try take(urgent: true).numbers == [])
        for epoch in 0..<5 {
            let found = try take(urgent: false)
            #expect(found.epoch == epoch)
            let expected =
                epoch == 2 ? 20..<40 : (epoch < 2 ? epoch : epoch + 1) * 10..<(epoch < 2 ? epoch + 1 : epoch + 2) * 10
            #expect(found.numbers == expected.filter { !Self.isUrgent($0) || [1, 4].contains($0 / 10) })
        }
        #expect(log.unread.isEmpty)
    }
}
