import LogModel
import Testing

@testable import Agent

/// What gives way when the spool is full, and that all of it is told.
struct EntryLogCappingTests {
    private static let byteCountMax = 256 << 10

    private func log(_ whenFull: AgentConfiguration.SpoolSettings.WhenFull) throws -> (SpoolFixture, EntryLog) {
        var fixture = try SpoolFixture()
        fixture.settings.byteCountMax = Self.byteCountMax
        fixture.settings.whenFull = whenFull
        return (fixture, try fixture.entryLog())
    }

    private func level(_ number: Int) -> Level { number % 10 == 0 ? .error : number % 2 == 0 ? .info : .debug }

    /// Appends entries one by one until there is no room.
    ///
    /// - Returns: How many.
    private func appendUntilFull(_ log: EntryLog, countMax: Int) throws -> Int {
        for number in 0..<countMax {
            let batch = Batch([SpoolFixture.entry(number, level: level(number))])
            do throws(AgentError) {
                try log.append(batch, mark: nil)
            } catch {
                guard error.code == .diskFull else { throw error }
                return number
            }
        }
        return countMax
    }

    private func told(_ entries: [Entry]) -> Int {
        entries.flatMap(\.context).filter { $0.key == "dropped" }.reduce(0) { $0 + (Int($1.value) ?? 0) }
    }

    @Test func dropsTheOldest() throws {
        let (fixture, log) = try log(.oldest)
        for number in 0..<5_000 { try log.append(Batch([SpoolFixture.entry(number)]), mark: nil) }
        #expect(log.byteCount <= Int64(Self.byteCountMax) + 1_024)
        let found = try log.readAll(step: 1_000)
        let numbers = found.logged.map { Int($0.time.microseconds) }
        #expect(numbers == Array(5_000 - numbers.count..<5_000))
        #expect(numbers.count > 500)
        #expect(told(found) == 5_000 - numbers.count)
        #expect(log.dropped.total == 5_000 - numbers.count)
        withExtendedLifetime(fixture) {}
    }

    @Test func dropsTheLowestLevelFirst() throws {
        let (fixture, log) = try log(.lowestLevel)
        for number in 0..<5_000 {
            try log.append(Batch([SpoolFixture.entry(number, level: level(number))]), mark: nil)
        }
        #expect(log.byteCount <= Int64(Self.byteCountMax) + 1_024)
        let found = try log.readAll(step: 1_000)
        // The first segment is being read, and goes whole when nothing else helps.
        #expect(found.logged.count { $0.level == .error } >= 450)
        #expect(told(found) == 5_000 - found.logged.count)
        #expect(log.unread.isEmpty)
        withExtendedLifetime(fixture) {}
    }

    /// What tells of drops is a warning, and stays; it holds up the drop of no other.
    @Test func dropsWarningsBeforeErrors() throws {
        let (fixture, log) = try log(.lowestLevel)
        for number in 0..<15_000 {
            let level = number % 8 == 0 ? Level.error : .warn
            try log.append(Batch([SpoolFixture.entry(number, level: level)]), mark: nil)
        }
        #expect(log.dropped[.warn] > 1_000)
        #expect(log.dropped[.error] == 0)
        withExtendedLifetime(fixture) {}
    }

    @Test func blocks() throws {
        let (fixture, log) = try log(.block)
        let count = try appendUntilFull(log, countMax: 5_000)
        #expect(count < 5_000)
        let first = try log.read(countMax: count / 2, byteCountMax: 1 << 30)
        log.advance(past: first)
        try log.release(before: log.progress)
        try log.append(Batch([SpoolFixture.entry(count)]), mark: nil)
        #expect(log.unread.total == count - count / 2 + 1)
        withExtendedLifetime(fixture) {}
    }

    @Test(arguments: AgentConfiguration.SpoolSettings.WhenFull.allCases)
    func countsRightAfterAnotherStart(whenFull: AgentConfiguration.SpoolSettings.WhenFull) throws {
        let (fixture, log) = try log(whenFull)
        _ = try appendUntilFull(log, countMax: 3_000)
        log.advance(past: try log.read(countMax: 100, byteCountMax: 1 << 30))
        let unread = log.unread
        let again = try fixture.entryLog(log.progress)
        #expect(again.unread == unread)
        #expect(try again.readAll(step: 1_000).count == unread.total)
    }
}
