import Foundation
import LogModel
import Testing

@testable import Agent

struct EntryLogTests {
    private var fixture: SpoolFixture

    init() throws { fixture = try SpoolFixture() }

    @Test func givesBackWhatItTookInOrder() throws {
        let log = try fixture.entryLog()
        let entries = (0..<50).map { SpoolFixture.entry($0) }
        for start in stride(from: 0, to: 50, by: 10) {
            try log.append(Batch(entries[start..<start + 10]), mark: nil)
        }
        #expect(log.unread.total == 50)
        #expect(try log.readAll() == entries)
        #expect(log.unread.total == 0)
        try log.append(Batch([SpoolFixture.entry(50)]), mark: nil)
        #expect(try log.readAll() == [SpoolFixture.entry(50)])
    }

    @Test(arguments: [0, 1, 5, 10, 23, 50]) func goesOnAfterAnotherStart(readCount: Int) throws {
        let entries = (0..<50).map { SpoolFixture.entry($0, level: $0 % 5 == 0 ? .error : .debug) }
        let progress: SpoolProgress
        do {
            let log = try fixture.entryLog()
            for start in stride(from: 0, to: 50, by: 10) {
                try log.append(Batch(entries[start..<start + 10]), mark: nil)
            }
            if readCount > 0 { log.advance(past: try log.read(countMax: readCount, byteCountMax: 1 << 20)) }
            progress = log.progress
        }
        let log = try fixture.entryLog(progress)
        #expect(log.unread == LevelCounts(Batch(entries[readCount...])))
        #expect(log.findings == SpoolFindings())
        try log.append(Batch([SpoolFixture.entry(50)]), mark: nil)
        #expect(try log.readAll() == entries[readCount...] + [SpoolFixture.entry(50)])
        #expect(log.unread.isEmpty)
    }

    @Test func manySegmentsGoAsTheyAreAcknowledged() throws {
        var fixture = fixture
        fixture.settings.byteCountMax = 64 << 20
        let log = try fixture.entryLog()
        let padding = 200_000
        for number in 0..<100 {
            try log.append(Batch([SpoolFixture.entry(number, padding: padding)]), mark: nil)
        }
        #expect(log.sealed.count >= 2)
        #expect(try log.readAll().count == 100)
        #expect(log.canRelease(before: log.progress))
        try log.release(before: log.progress)
        #expect(log.sealed.isEmpty)
        #expect(try Files.names(in: fixture.entriesPath).count == 1)
        let again = try fixture.entryLog(log.progress, acknowledged: log.progress)
        #expect(again.unread.isEmpty)
        #expect(try again.readAll() == [])
    }

    @Test func aSegmentThatIsReadToItsEndCanGo() throws {
        let log = try fixture.entryLog()
        try log.append(SpoolFixture.batch(0..<10), mark: nil)
        try log.sealWithoutRoom()
        let reading = try log.read(countMax: 10, byteCountMax: 1 << 20)
        #expect(reading.batch.count == 10)
        log.advance(past: reading)
        #expect(log.unread.isEmpty)
        #expect(log.canRelease(before: reading.after))
        try log.release(before: reading.after)
        #expect(try Files.names(in: fixture.entriesPath).isEmpty)
        try log.append(SpoolFixture.batch(10..<11), mark: nil)
        #expect(try log.readAll() == [SpoolFixture.entry(10)])
    }

    @Test func aSegmentThatWasReadBeforeItWasEndedCanGo() throws {
        let log = try fixture.entryLog()
        try log.append(SpoolFixture.batch(0..<10), mark: nil)
        let reading = try log.read(countMax: 100, byteCountMax: 1 << 20)
        #expect(reading.batch.count == 10)
        log.advance(past: reading)
        try log.sealWithoutRoom()
        #expect(log.canRelease(before: reading.after))
        try log.release(before: reading.after)
        #expect(try Files.names(in: fixture.entriesPath).isEmpty)
        try log.append(SpoolFixture.batch(10..<11), mark: nil)
        #expect(log.unread.total == 1)
        #expect(try log.readAll() == [SpoolFixture.entry(10)])
        #expect(log.unread.isEmpty)
    }

    @Test func aSegmentThatIsAcknowledgedInPartStays() throws {
        let log = try fixture.entryLog()
        try log.append(SpoolFixture.batch(0..<10), mark: nil)
        let reading = try log.read(countMax: 9, byteCountMax: 1 << 20)
        log.advance(past: reading)
        try log.sealWithoutRoom()
        #expect(!log.canRelease(before: reading.after))
        #expect(try log.readAll() == [SpoolFixture.entry(9)])
        #expect(!log.canRelease(before: reading.after))
        #expect(log.canRelease(before: log.progress))
    }

    @Test func marksStayWithTheirEntriesAndOutliveTheirSegments() throws {
        var fixture = fixture
        fixture.settings.byteCountMax = 1 << 20
        let log = try fixture.entryLog()
        try log.append(SpoolFixture.batch(0..<3), mark: InputMark(input: "file:a", value: [1]))
        try log.append(Batch(), mark: InputMark(input: "file:b", value: [2]))
        for number in 0..<20 {
            try log.append(
                Batch([SpoolFixture.entry(number, padding: 20_000)]),
                mark: InputMark(input: "file:a", value: [UInt8(number)]))
        }
        #expect(log.sealed.count > 2)
        _ = try log.readAll()
        try log.release(before: log.progress)
        let again = try fixture.entryLog(log.progress, acknowledged: log.progress)
        #expect(again.mark(of: "file:a") == [19])
        #expect(again.mark(of: "file:b") == [2])
        #expect(again.mark(of: "file:c") == nil)
    }

    @Test func aTornRecordIsNoRecord() throws {
        let log = try fixture.entryLog()
        try log.append(SpoolFixture.batch(0..<5), mark: InputMark(input: "i", value: [1]))
        let whole = try Data(contentsOf: URL(fileURLWithPath: log.path(1)))
        try log.append(SpoolFixture.batch(5..<10), mark: InputMark(input: "i", value: [2]))
        let all = try Data(contentsOf: URL(fileURLWithPath: log.path(1)))
        for byteCount in 0...all.count {
            try all.prefix(byteCount).write(to: URL(fileURLWithPath: log.path(1)))
            let again = try fixture.entryLog()
            let expected = byteCount == all.count ? 10 : byteCount >= whole.count ? 5 : 0
            #expect(again.unread.total == expected)
            #expect(try again.readAll() == (0..<expected).map { SpoolFixture.entry($0) }, "\(byteCount) bytes")
            #expect(again.mark(of: "i") == (expected == 10 ? [2] : expected == 5 ? [1] : nil))
            #expect(again.findings.damageCount == 0)
            for name in try Files.names(in: fixture.entriesPath) where name != SegmentFormat.name(1) {
                try Files.remove(fixture.entriesPath + "/" + name)
            }
        }
    }

    /// Whatever bit flips: the log opens, gives no entry that was not logged, and loses the record that was hit alone.
    @Test func damageCostsTheRecordThatItHits() throws {
        let log = try fixture.entryLog()
        let records = (0..<6).map { record in (0..<4).map { SpoolFixture.entry(record * 4 + $0) } }
        for record in records { try log.append(Batch(record), mark: nil) }
        try log.seal()
        let all = [UInt8](try Data(contentsOf: URL(fileURLWithPath: log.path(1))))
        let known = Set(records.joined())
        for bit in stride(from: 0, to: all.count * 8, by: 5) {
            var bytes = all
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            // A version from the future is refused, and nothing happens to its file.
            if bit / 8 == 4, bytes[4] > SegmentFormat.version { continue }
            try Data(bytes).write(to: URL(fileURLWithPath: log.path(1)))
            let again = try fixture.entryLog()
            let found = try again.readAll().logged
            #expect(Set(found).isSubset(of: known))
            #expect(Set(found).count == found.count)
            #expect(found.count >= 20, "bit \(bit): \(found.count)")
            for name in try Files.names(in: fixture.entriesPath) where name != SegmentFormat.name(1) {
                try Files.remove(fixture.entriesPath + "/" + name)
            }
        }
    }

    @Test func damageIsCountedToldAndKept() throws {
        let log = try fixture.entryLog()
        for number in 0..<3 { try log.append(SpoolFixture.batch([number]), mark: nil) }
        try log.seal()
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: log.path(1))))
        let place = try #require(bytes.firstRange(of: Array("message 1".utf8)))
        bytes[place.lowerBound] ^= 1
        try Data(bytes).write(to: URL(fileURLWithPath: log.path(1)))
        let again = try fixture.entryLog()
        let found = try again.readAll()
        #expect(found.logged.messages == ["message 0", "message 2"])
        #expect(again.findings.damageCount == 1)
        #expect(found.contains { $0.message.contains("cannot be read") })
        #expect(again.unread.isEmpty)
        #expect(fixture.directory.files("quarantine") == [SegmentFormat.name(1)])
    }

    @Test func leavesWhatANewerAgentWroteAlone() throws {
        try Files.makeDirectory(fixture.entriesPath)
        var bytes = SegmentFormat.header(.entries, number: 1)
        bytes[4] = SegmentFormat.version + 1
        try Files.replace(fixture.entriesPath + "/" + SegmentFormat.name(1), with: bytes)
        let error = #expect(throws: AgentError.self) { try fixture.entryLog() }
        #expect(error?.code == .formatTooNew)
    }
}
