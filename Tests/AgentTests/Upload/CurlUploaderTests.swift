import HTTPTransport
import LogModel
import Synchronization
import Testing

@testable import Agent

/// The driver over a real socket, with a keeper in memory.
@Suite(.timeLimit(.minutes(10)))
struct CurlUploaderTests {
    private actor Keeper: UploadSource {
        nonisolated let batches: AsyncStream<UploadBatch>
        private let frames: [UInt64: [UInt8]]
        private(set) var advanced: [UInt64] = []
        private(set) var quarantined: [UInt64] = []
        private let failing: AgentError?

        init(count: UInt64, failing: AgentError? = nil) {
            self.failing = failing
            var frames: [UInt64: [UInt8]] = [:]
            let (batches, available) = AsyncStream.makeStream(of: UploadBatch.self)
            var compressor = ZstdCompressor()
            for sequence in 1...count {
                let entry = Entry(time: Timestamp(microseconds: 1), device: "d", message: "m\(sequence)")
                frames[sequence] = BatchFrame.encode(Batch([entry]), level: 1, using: &compressor)
                available.yield(UploadBatch(sequence: sequence, entryCount: 1))
            }
            available.finish()
            self.batches = batches
            self.frames = frames
        }

        func frame(of batch: UploadBatch) throws(AgentError) -> [UInt8] { frames[batch.sequence] ?? [] }

        func clockOffset(of batch: UploadBatch, serverStart: Int64) -> Int64? { nil }

        func advance(past batch: UploadBatch, receipt: UploadReceipt) throws(AgentError) {
            if let failing { throw failing }
            advanced.append(batch.sequence)
        }

        func quarantine(_ batch: UploadBatch, answer: UploadAnswer) throws(AgentError) {
            quarantined.append(batch.sequence)
        }
    }

    private func uploader(_ server: String, drainTimeout: Duration = .seconds(5)) -> CurlUploader {
        let quick = UploadBackoff(first: .milliseconds(2), longest: .milliseconds(4))
        return CurlUploader(
            transport: HTTPTransport(), target: UploadTarget(server: server, device: "d", boot: "b"),
            machine: UploadMachine(backoff: quick, patientBackoff: quick, seed: 1), drainTimeout: drainTimeout)
    }

    @Test func triesEachBatchUntilTheServerHasIt() async throws {
        let fates: [LogServerModel.Fate] = [
            .refuse(503, "busy"), .takeAndReset, .take, .refuse(401, "who"), .refuse(507, "full"), .take,
            .refuse(415, "frame"), .refuse(500, "oops"), .take,
        ]
        let server = try LogServerModel { fates[min($0, fates.count - 1)] }
        defer { server.stop() }
        let keeper = Keeper(count: 4)
        let setbacks = Mutex<[UInt64]>([])
        let end = try await uploader(server.url).run(keeper, stop: StopRequest()) { notice in
            if case .setback(let setback, _) = notice { setbacks.withLock { $0.append(setback.batch.sequence) } }
        }
        #expect(end == .finished)
        #expect(await keeper.advanced == [1, 2, 4])
        #expect(await keeper.quarantined == [3])
        #expect(server.messages == ["m1", "m2", "m4"])
        // libcurl itself tries once more when a kept connection dies, so a reset may or may not show.
        #expect(Set(setbacks.withLock { $0 }) == [1, 2, 4])
        #expect(server.requestCount == fates.count)
        #expect(server.conflictCount == 0)
    }

    @Test func aBudgetOfTheLinkIsKept() async throws {
        let server = try LogServerModel { _ in .take }
        defer { server.stop() }
        let keeper = Keeper(count: 3)
        var byteCount = 0
        for sequence in [1, 2] as [UInt64] {
            byteCount += try await keeper.frame(of: UploadBatch(sequence: sequence, entryCount: 1)).count
        }
        let uploader = CurlUploader(
            transport: HTTPTransport(), target: UploadTarget(server: server.url, device: "d", boot: "b"),
            machine: UploadMachine(seed: 1), budget: LinkBudget(bytesPerSecond: 1_000))
        let start = ContinuousClock.now
        #expect(try await uploader.run(keeper, stop: StopRequest()) { _ in } == .finished)
        #expect(server.messages == ["m1", "m2", "m3"])
        #expect(ContinuousClock.now - start >= .seconds(Double(byteCount) / 1_000))
    }

    @Test func givesUpTheWireSomeTimeAfterAStop() async throws {
        let stop = StopRequest()
        let server = try LogServerModel { number in
            guard number == 1 else { return .take }
            stop.make()
            return .hang
        }
        defer { server.stop() }
        let keeper = Keeper(count: 3)
        let end = try await uploader(server.url, drainTimeout: .milliseconds(20)).run(keeper, stop: stop) { _ in }
        guard case .drained = end else {
            Issue.record("ended with \(end)")
            return
        }
        #expect(await keeper.advanced == [1])
    }

    @Test func stopsAtOnceWhenAskedWhileItWaits() async throws {
        let stop = StopRequest()
        let server = try LogServerModel { _ in .refuse(503, "busy") }
        defer { server.stop() }
        let keeper = Keeper(count: 2)
        let end = try await uploader(server.url).run(keeper, stop: stop) { notice in
            if case .setback(let setback, _) = notice, setback.failureCount == 3 { stop.make() }
        }
        #expect(end == .drained(leftCount: 2))
        #expect(await keeper.advanced.isEmpty)
    }

    @Test func endsWithTheKeepersError() async throws {
        let server = try LogServerModel()
        defer { server.stop() }
        let keeper = Keeper(count: 2, failing: AgentError(.io, "disk"))
        let error = await #expect(throws: AgentError.self) {
            try await uploader(server.url).run(keeper, stop: StopRequest()) { _ in }
        }
        #expect(error == AgentError(.io, "disk"))
        #expect(server.requestCount == 1)
    }

    @Test func stopsWhereTheAddressIsNone() async throws {
        let end = try await uploader("http://a b").run(Keeper(count: 1), stop: StopRequest()) { _ in }
        guard case .impossible = end else {
            Issue.record("ended with \(end)")
            return
        }
    }
}
