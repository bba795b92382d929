import Foundation
import LogModel
import Synchronization
import Testing

@testable import Agent

/// The spool between inputs and an uploader.
@Suite(.timeLimit(.minutes(5)))
struct SpoolTests {
    private let fixture: SpoolFixture

    init() throws { fixture = try SpoolFixture() }

    private func messages(_ frame: [UInt8]) throws -> [String] {
        var decompressor = ZstdDecompressor()
        let batch = try frame.withUnsafeBytes { try BatchFrame.decode($0, using: &decompressor) }
        return (0..<batch.count).map { batch[$0].message }
    }

    private func next(_ batches: inout AsyncStream<UploadBatch>.Iterator) async throws -> UploadBatch {
        try #require(await batches.next())
    }

    private func receipt(_ batch: UploadBatch, through: UInt64?) -> UploadReceipt {
        UploadReceipt(acceptedCount: batch.entryCount, acknowledgedThrough: through)
    }

    @Test func whatWasTakenIsInTheFileAfterOneStep() async throws {
        let spool = try fixture.spool(batchSize: 1_000, interval: .seconds(3_600))
        spool.take(SpoolFixture.batch(0..<3))
        _ = try await spool.step()
        let text = try fixture.directory.files("entries").map {
            String(decoding: try Data(contentsOf: URL(fileURLWithPath: fixture.entriesPath + "/" + $0)), as: UTF8.self)
        }.joined()
        #expect(text.contains("message 2"))
        #expect(await spool.report().unread.total == 3)
    }

    @Test func sendsTheSameBytesUnderTheSameSequenceAfterAKill() async throws {
        var frames: [UInt64: [UInt8]] = [:]
        var boot: String?
        do {
            let spool = try fixture.spool(bufferSize: 10_000)
            spool.take(SpoolFixture.batch(0..<10))
            _ = try await spool.step()
            spool.take(SpoolFixture.batch(10..<5_010))
            _ = try await spool.step()
            var batches = spool.batches.makeAsyncIterator()
            for sequence in 1...2 as ClosedRange<UInt64> {
                let batch = try await next(&batches)
                #expect(batch.sequence == sequence)
                boot = batch.boot
                frames[sequence] = try await spool.frame(of: batch)
            }
            spool.bell.finish()
        }
        let spool = try fixture.spool()
        var batches = spool.batches.makeAsyncIterator()
        for sequence in 1...2 as ClosedRange<UInt64> {
            let batch = try await next(&batches)
            #expect(batch.sequence == sequence)
            #expect(batch.boot == boot)
            #expect(try await spool.frame(of: batch) == frames[sequence])
        }
        #expect(try messages(frames[1] ?? []) == (0..<10).map { "message \($0)" })
        #expect(try messages(frames[2] ?? []) == (10..<5_010).map { "message \($0)" })
    }

    @Test func sendsAgainWhatTheServerLost() async throws {
        let spool = try fixture.spool(batchSize: 1)
        var batches = spool.batches.makeAsyncIterator()
        var sent: [UploadBatch] = []
        for number in 0..<6 {
            spool.take(SpoolFixture.batch([number]))
            _ = try await spool.step()
            let batch = try await next(&batches)
            sent.append(batch)
            // With the sixth the server says that it has the first two only.
            try await spool.advance(
                past: batch, receipt: receipt(batch, through: number < 5 ? batch.sequence : 2))
        }
        for lost in sent[2..<5] {
            let again = try await next(&batches)
            #expect(again == lost)
            #expect(try messages(try await spool.frame(of: again)) == ["message \(lost.sequence - 1)"])
            try await spool.advance(past: again, receipt: receipt(again, through: again.sequence))
        }
        let figures = await spool.report()
        #expect(figures.resentBatchCount == 3)
        #expect(figures.lastError == nil)
        spool.take(SpoolFixture.batch([6]))
        _ = try await spool.step()
        let after = try await next(&batches)
        #expect(after.sequence == 1)
        #expect(after.boot != sent[0].boot)
    }

    @Test func marksAndEntriesStayTogether() async throws {
        let synced = Mutex(0)
        do {
            let spool = try fixture.spool(batchSize: 1_000, interval: .seconds(3_600))
            try await spool.put(SpoolFixture.batch(0..<2), mark: InputMark(input: "file:a", value: [9])) {
                synced.withLock { $0 += 1 }
            }
            #expect(await spool.mark(of: "file:a") == nil)
            _ = try await spool.step()
            #expect(await spool.mark(of: "file:a") == [9])
            #expect(synced.withLock { $0 } == 1)
            spool.bell.finish()
        }
        let spool = try fixture.spool()
        #expect(await spool.mark(of: "file:a") == [9])
        #expect(await spool.report().unread.total == 2)
        let large = Batch([SpoolFixture.entry(0, padding: EntryIntakeLimits.putByteCountMax)])
        let error = await #expect(throws: AgentError.self) { try await spool.put(large, mark: nil, whenSynced: nil) }
        #expect(error?.code == .invalidArgument)
    }

    @Test func tellsInTheStreamWhatTheRingDropped() async throws {
        let spool = try fixture.spool(batchSize: 10_000, interval: .seconds(3_600), bufferSize: 100)
        spool.take(SpoolFixture.batch(0..<250))
        _ = try await spool.step()
        let figures = await spool.report()
        #expect(figures.dropped[.ringFull]?.total == 150)
        #expect(figures.receivedCount == 250)
        try await spool.end()
        var batches = spool.batches.makeAsyncIterator()
        let batch = try await next(&batches)
        let sent = try messages(try await spool.frame(of: batch))
        #expect(sent.count == 101)
        #expect(sent.last?.contains("dropped 150 entries") == true)
        try await spool.advance(past: batch, receipt: receipt(batch, through: 1))
        _ = try await spool.step()
        #expect(await batches.next() == nil)
        try await spool.close()
    }
}
