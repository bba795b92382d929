import LogModel
import Testing

@testable import Agent

/// A spool with more than a link carries: errors go out first, and everything once.
@Suite(.timeLimit(.minutes(5)))
struct UrgentSpoolTests {
    private let fixture: SpoolFixture

    init() throws { fixture = try SpoolFixture() }

    private func spool() throws -> Spool { try fixture.spool(batchSize: 100, bufferSize: 50_000) }

    private func numbers(_ batch: UploadBatch, _ spool: Spool) async throws -> [Int] {
        let frame = try await spool.frame(of: batch)
        var decompressor = ZstdDecompressor()
        return try frame.withUnsafeBytes { try BatchFrame.decode($0, using: &decompressor) }.times.map { Int($0) }
    }

    /// Lets the server have batches until none waits, or so many.
    private func upload(_ spool: Spool, countMax: Int = .max) async throws -> [[Int]] {
        var batches = spool.batches.makeAsyncIterator()
        var found: [[Int]] = []
        while found.count < countMax, await spool.report().waitingBatchCount > 0, let batch = await batches.next() {
            found.append(try await numbers(batch, spool))
            try await spool.advance(
                past: batch,
                receipt: UploadReceipt(acceptedCount: batch.entryCount, acknowledgedThrough: batch.sequence))
            _ = try await spool.step()
        }
        return found
    }

    @Test func errorsOfABacklogGoOutFirst() async throws {
        var found: [[Int]] = []
        do {
            let spool = try spool()
            spool.take(SpoolFixture.batch(0..<22_000, level: .debug))
            spool.take(SpoolFixture.batch(22_000..<22_005, level: .error))
            spool.take(SpoolFixture.batch(22_005..<22_006, level: .fatal))
            _ = try await spool.step()
            let figures = await spool.report()
            #expect(figures.depth == 22_006)
            #expect(figures.unread[.error] == 0)
            found += try await upload(spool, countMax: 1)
            // While more than one batch is left, each error goes before it.
            spool.take(SpoolFixture.batch(22_006..<22_007, level: .error))
            _ = try await spool.step()
            spool.bell.finish()
        }
        let spool = try spool()
        found += try await upload(spool)
        #expect(found[0] == Array(22_000..<22_006))
        #expect(found[1] == Array(0..<5_000))
        #expect(found.firstIndex(of: [22_006]) == 3)
        #expect(found.joined().sorted() == Array(0..<22_007))
        #expect(await spool.report().depth == 0)
    }

    @Test func withoutABacklogEntriesKeepTheirOrder() async throws {
        let spool = try spool()
        spool.take(SpoolFixture.batch(0..<4_000, level: .debug))
        spool.take(SpoolFixture.batch(4_000..<4_100, level: .error))
        spool.take(SpoolFixture.batch(4_100..<4_200, level: .debug))
        _ = try await spool.step()
        #expect(try await upload(spool) == [Array(0..<4_200)])
    }

    /// What is left past the position went out before; nothing that comes later has to take it along.
    @Test(arguments: [true, false]) func segmentsGoWhenOnlyWhatWentOutIsLeft(isReopened: Bool) async throws {
        do {
            let spool = try spool()
            spool.take(SpoolFixture.batch(0..<10_000, level: .debug))
            spool.take(SpoolFixture.batch(10_000..<10_010, level: .error))
            _ = try await spool.step()
            let found = try await upload(spool, countMax: isReopened ? 1 : .max)
            #expect(found.joined().count == (isReopened ? 10 : 10_010))
            if isReopened { spool.bell.finish() } else { try await spool.close() }
        }
        if isReopened {
            let spool = try spool()
            _ = try await spool.step()
            #expect(try await upload(spool).joined().count == 10_000)
            try await spool.end()
            try await spool.close()
        }
        let batches = try BatchLog(directory: fixture.batchesPath)
        let log = try fixture.entryLog(batches.progress, acknowledged: batches.acknowledged)
        #expect(batches.progress.position >= batches.progress.urgentPosition)
        #expect(batches.acknowledged == batches.progress)
        #expect(log.unread.isEmpty)
        try log.release(before: batches.acknowledged)
        #expect(log.sealed.isEmpty)
    }

    /// A reading goes through so much of the log at a time; errors far behind are found all the same, and first.
    @Test func errorsAreFoundBehindALongWay() async throws {
        var fixture = fixture
        fixture.settings.byteCountMax = 512 << 20
        let spool = try fixture.spool(batchSize: 100, bufferSize: 100_000)
        spool.take(SpoolFixture.batch(0..<1, level: .error))
        for start in stride(from: 1, to: 30_001, by: 1_000) {
            spool.take(
                Batch((start..<start + 1_000).map { SpoolFixture.entry($0, level: .debug, padding: 1_000) }))
            // Every segment has one, so that none is passed over unseen.
            if start % 10_000 == 1 { spool.take(SpoolFixture.batch([100_000 + start], level: .error)) }
        }
        spool.take(SpoolFixture.batch([200_000], level: .fatal))
        var waits: [Duration?] = []
        for _ in 0..<10 { waits.append(try await spool.step()) }
        let found = try await upload(spool)
        let urgent = found.enumerated().filter { $0.element.contains { $0 > 99_999 } }
        #expect(urgent.flatMap(\.element) == [0, 100_001, 110_001, 120_001, 200_000])
        #expect(urgent.map(\.offset) == Array(0..<urgent.count))
        #expect(found.joined().sorted() == (0..<30_001).map { $0 } + [100_001, 110_001, 120_001, 200_000])
    }
}
