import Foundation
import LogModel
import TestSupport
import Testing

@testable import Agent

/// A spool on a disk that others fill: what is in it goes out, makes room, and it goes on by itself.
@Suite(.serialized, .enabled(if: SmallDisk.isAllowed, "mounting a small disk needs root"), .timeLimit(.minutes(5)))
struct FullSpoolTests {
    private let disk: SmallDisk
    private let fixture: SpoolFixture

    init() throws {
        fixture = try SpoolFixture()
        disk = try SmallDisk(at: fixture.directory.path, megabytes: 8)
    }

    /// Lets the server have all that is in batches, until nothing waits.
    private func upload(_ spool: Spool) async throws {
        var batches = spool.batches.makeAsyncIterator()
        while await spool.report().waitingBatchCount > 0 {
            guard let batch = await batches.next() else { return }
            try await spool.advance(
                past: batch,
                receipt: UploadReceipt(acceptedCount: batch.entryCount, acknowledgedThrough: batch.sequence))
            _ = try await spool.step()
        }
    }

    /// A megabyte that zstd does not make smaller.
    private static let noise = Batch(
        (0..<1_048).map { number in
            var entry = SpoolFixture.entry(number)
            entry.message = String(
                decoding: (0..<1_000).map { _ in UInt8.random(in: 0x30...0x7a) }, as: UTF8.self)
            return entry
        })

    private func awaitThrough(_ count: Int, _ spool: Spool) async throws {
        while await spool.report().uploadedCount < count {
            _ = try await spool.step()
            try await upload(spool)
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// There is room for none of the entries that come then, for some, or for all, and never for the batch they go in.
    @Test(arguments: [0, 4 << 10, 64 << 10, 512 << 10])
    func whatIsWrittenGoesOutAndMakesRoom(_ left: Int) async throws {
        let spool = try fixture.spool(batchSize: 1_100, interval: .seconds(1), bufferSize: 10_000)
        spool.take(FullSpoolTests.noise)
        _ = try await spool.step()
        disk.fill(leaving: left)
        // The disk stays as full: what goes out is what makes room.
        spool.take(SpoolFixture.batch(0..<2_000))
        try await awaitThrough(3_048, spool)
        spool.take(SpoolFixture.batch(0..<1))
        try await awaitThrough(3_049, spool)
    }

    /// All of the segment that is written went out before the disk became full.
    @Test func whatWentOutMakesRoom() async throws {
        let spool = try fixture.spool(batchSize: 1_000, bufferSize: 10_000)
        spool.take(FullSpoolTests.noise)
        try await awaitThrough(1_048, spool)
        disk.fill(leaving: 0)
        spool.take(SpoolFixture.batch(0..<100))
        try await awaitThrough(1_148, spool)
    }
}
