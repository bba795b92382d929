import Foundation
import LogModel
import Synchronization
import Testing

@testable import Agent

/// What the spool knows of how wrong the times in it are.
@Suite(.timeLimit(.minutes(5)))
struct SpoolClockTests {
    private static let hour: Int64 = 3_600_000_000
    /// When the device was started, by the server's clock.
    private static let started: Int64 = 1_700_000_000_000_000

    private let fixture: SpoolFixture
    private let clocks: Clocks

    init() throws {
        fixture = try SpoolFixture()
        clocks = Clocks()
    }

    /// The device's clocks, as a test sets them.
    private final class Clocks: Sendable {
        private let now = Mutex(DeviceClocks(boot: "first", start: SpoolClockTests.started))
        var current: DeviceClocks { now.withLock { $0 } }
        func set(_ boot: String, offset: Int64) {
            now.withLock { $0 = DeviceClocks(boot: boot, start: SpoolClockTests.started + offset) }
        }
    }

    private func spool() throws -> Spool { try fixture.spool(batchSize: 1_000, clocks: { clocks.current }) }

    /// Cuts what came into batches, and says of each how many entries it has and how wrong it takes them to be.
    private func offsets(_ spool: Spool, serverStart: Int64 = started) async throws -> [[Int64?]] {
        try await spool.end()
        var offsets: [[Int64?]] = []
        for await batch in spool.batches {
            let offset = await spool.clockOffset(of: batch, serverStart: serverStart)
            offsets.append([Int64(batch.entryCount), offset])
            try await spool.advance(past: batch, receipt: UploadReceipt(acceptedCount: batch.entryCount))
            _ = try await spool.step()
        }
        return offsets
    }

    private func take(_ count: Int, _ level: Level = .info, into spool: Spool) async throws {
        spool.take(SpoolFixture.batch(0..<count, level: level))
        _ = try await spool.step()
    }

    @Test func whatCameBeforeTheClockWasSetHasABatchOfItsOwn() async throws {
        let spool = try fixture.spool(batchSize: 1_000, interval: .seconds(3_600), clocks: { clocks.current })
        clocks.set("first", offset: -50 * Self.hour)
        try await take(3, into: spool)
        try await take(4, into: spool)
        clocks.set("first", offset: 200_000)
        try await take(5, into: spool)
        // Drift is no setting.
        clocks.set("first", offset: 900_000)
        try await take(6, into: spool)
        let found = try await offsets(spool)
        #expect(found == [[7, -50 * Self.hour], [11, 200_000]])
    }

    /// Errors that go first have batches by the settings of the clock as well.
    @Test func errorsThatGoFirstHaveTheirOwnClocks() async throws {
        do {
            let spool = try fixture.spool(
                batchSize: 1_000, interval: .seconds(3_600), bufferSize: 10_000, isUploading: false,
                clocks: { clocks.current })
            for (count, offset) in [(4, 3), (0, 2), (5, 1), (6, 0)] as [(Int, Int64)] {
                clocks.set("first", offset: offset * Self.hour)
                try await take(3_000, .debug, into: spool)
                if count > 0 { try await take(count, .error, into: spool) }
            }
            spool.bell.finish()
        }
        let uploading = try fixture.spool(batchSize: 1_000, clocks: { clocks.current })
        let offsets = try await offsets(uploading)
        let urgent: [[Int64?]] = [[4, 3 * Self.hour], [5, Self.hour], [6, 0]]
        #expect(Array(offsets.prefix(3)) == urgent)
        let others = [3, 2, 1, 0].map { [3_000, $0 * Self.hour] as [Int64?] }
        #expect(Array(offsets.dropFirst(3)) == others)
    }

    @Test func whatAnEarlierBootLeftIsKnownWhereTheServerWasReachedInIt() async throws {
        do {
            let spool = try fixture.spool(interval: .seconds(3_600), clocks: { clocks.current })
            clocks.set("first", offset: Self.hour)
            // Sent, and so the server's time is known; then some more, which is not sent.
            try await take(10, into: spool)
            var batches = spool.batches.makeAsyncIterator()
            let batch = try #require(await batches.next())
            #expect(await spool.clockOffset(of: batch, serverStart: Self.started) == Self.hour)
            try await take(2, into: spool)
            spool.bell.finish()
        }
        do {
            let spool = try fixture.spool(interval: .seconds(3_600), clocks: { clocks.current })
            clocks.set("second", offset: -7 * Self.hour)
            try await take(4, into: spool)
            spool.bell.finish()
        }
        let spool = try spool()
        clocks.set("third", offset: 0)
        try await take(1, into: spool)
        // The second boot never reached the server, and is taken to have had the clock of now.
        #expect(try await offsets(spool) == [[10, Self.hour], [2, Self.hour], [4, 0], [1, 0]])
    }

    @Test func aDamagedHistoryCostsTheCorrectionAlone() async throws {
        do {
            let spool = try fixture.spool(interval: .seconds(3_600), clocks: { clocks.current })
            clocks.set("first", offset: Self.hour)
            try await take(3, into: spool)
            spool.bell.finish()
        }
        try Data("{".utf8).write(to: URL(fileURLWithPath: fixture.directory.path + "/clock"))
        let spool = try spool()
        try await take(2, into: spool)
        let offsets = try await offsets(spool)
        #expect(offsets.map { $0[0] } == [3, 2] || offsets.map { $0[0] } == [5])
        #expect(offsets.last?[1] == Self.hour)
    }

    @Test func whatNoEntryNeedsIsForgotten() throws {
        var history = ClockHistory(directory: fixture.directory.path)
        func position(_ segment: UInt64) -> SpoolPosition { .start(of: segment) }
        func clocks(_ number: Int64) -> DeviceClocks { DeviceClocks(boot: "b", start: number * Self.hour) }
        for number in 1...5 as ClosedRange<Int64> { history.note(clocks(number), at: position(UInt64(number))) }
        history.note(serverStart: 0, of: "b")
        history.forget(before: position(4))
        #expect(history.boundaries.first == position(3))
        #expect(history.offset(before: position(4), now: clocks(5)) == 3 * Self.hour)
        #expect(history.offset(before: position(3), now: clocks(5)) == nil)
        history.note(clocks(6), at: position(6))
        let read = ClockHistory(directory: fixture.directory.path)
        #expect(read.offset(before: position(7), now: clocks(6)) == 6 * Self.hour)
        #expect(read.boundaries.first == position(3))
    }
}
