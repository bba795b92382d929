import LogModel
import Testing

@testable import Agent

/// What gives way when the spool is full, while urgent entries of it are in batches already.
struct UrgentCappingTests {
    private static let entryCount = 5_000

    private func log(_ whenFull: AgentConfiguration.SpoolSettings.WhenFull) throws -> (SpoolFixture, EntryLog) {
        var fixture = try SpoolFixture()
        fixture.settings.byteCountMax = 256 << 10
        fixture.settings.whenFull = whenFull
        return (fixture, try fixture.entryLog())
    }

    private func level(_ number: Int) -> Level { number % 10 == 0 ? .error : number % 2 == 0 ? .info : .debug }

    private func append(_ numbers: Range<Int>, to log: EntryLog) throws {
        for number in numbers {
            try log.append(Batch([SpoolFixture.entry(number, level: level(number))]), mark: nil)
        }
    }

    private func numbers(_ entries: [Entry]) -> [Int] { entries.logged.map { Int($0.time.microseconds) } }

    private func told(_ entries: [Entry]) -> Int {
        entries.flatMap(\.context).filter { $0.key == "dropped" }.reduce(0) { $0 + (Int($1.value) ?? 0) }
    }

    private func readUrgent(_ log: EntryLog, countMax: Int = 10_000) throws -> [Entry] {
        let reading = try log.read(isUrgent: true, countMax: countMax, byteCountMax: 1 << 30)
        log.advance(past: reading)
        return (0..<reading.batch.count).map { reading.batch[$0] }
    }

    @Test(arguments: [AgentConfiguration.SpoolSettings.WhenFull.oldest, .lowestLevel])
    func whatWentOutIsNotToldAsDropped(whenFull: AgentConfiguration.SpoolSettings.WhenFull) throws {
        let (fixture, log) = try log(whenFull)
        try append(0..<1_000, to: log)
        let urgent = try readUrgent(log)
        #expect(numbers(urgent) == Array(stride(from: 0, to: 1_000, by: 10)))
        try append(1_000..<Self.entryCount, to: log)
        let again = try fixture.entryLog(log.progress)
        #expect(again.unread == log.unread)
        let rest = try again.readAll(step: 1_000)
        let found = numbers(urgent) + numbers(rest)
        #expect(Set(found).count == found.count)
        #expect(told(rest) == Self.entryCount - found.count)
        #expect(log.dropped.total == Self.entryCount - found.count)
        #expect(again.unread.isEmpty)
    }

    /// The segment that the urgent position is in stays as it is, and so do those that it was in with a batch that is not
    /// acknowledged: a crash may go back there.
    @Test func whereAnUrgentPositionLiesNothingMoves() throws {
        let (fixture, log) = try log(.lowestLevel)
        try append(0..<1_500, to: log)
        var places: [SpoolProgress] = []
        var urgent: [Entry] = []
        for countMax in [40, 60] {
            urgent += try readUrgent(log, countMax: countMax)
            places.append(log.progress)
        }
        let numbered = places.map(\.urgentPosition.segment)
        #expect(log.position.segment < numbered[0] && numbered[0] + 1 < numbered[1])
        let before = try (numbered + [numbered[0] + 1]).map { try Files.read(log.path($0)) }
        try append(1_500..<6_000, to: log)
        #expect(!log.dropped.isEmpty)
        for (number, bytes) in zip(numbered, before) { #expect(try Files.read(log.path(number)) == bytes) }
        #expect(try Files.read(log.path(numbered[0] + 1)).count < before[2].count)
        let again = try fixture.entryLog(places[1], waiting: places)
        #expect(again.unread == log.unread)
        #expect(again.pinned.isSuperset(of: numbered))
        try again.release(before: places[1])
        #expect(!again.pinned.contains(numbered[0]))
        let rest = try again.readAll(step: 1_000)
        let found = numbers(urgent) + numbers(rest)
        #expect(Set(found).count == found.count)
        #expect(told(rest) == 6_000 - found.count)
    }

    /// Errors that are in batches give way like others of their level, and are no loss.
    @Test func errorsInBatchesMakeRoom() throws {
        let (fixture, log) = try log(.lowestLevel)
        let count = 1_200
        for number in 0..<count {
            try log.append(Batch([SpoolFixture.entry(number, level: number % 2 == 0 ? .error : .fatal)]), mark: nil)
        }
        let urgent = try readUrgent(log)
        #expect(urgent.count == count)
        for number in count..<2 * count {
            try log.append(Batch([SpoolFixture.entry(number, level: .fatal)]), mark: nil)
        }
        #expect(log.dropped.isEmpty)
        #expect(log.unread.total == count)
        let again = try fixture.entryLog(log.progress)
        #expect(again.unread == log.unread)
        #expect(numbers(try again.readAll(step: 1_000)) == Array(count..<2 * count))
    }
}
