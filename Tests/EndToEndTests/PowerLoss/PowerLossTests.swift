import FaultRun
import Foundation
import HTTPTransport
import LogDB
import LogModel
import Testing

/// A loss of power at any moment: what the server wrote and synced is recorded, and the disk is built as it may have been
/// left. Each such image opens, holds all that was acknowledged by then exactly once, and nothing that was not sent.
@Suite struct PowerLossTests {
    private static let imageCount = FaultRun.count(60, long: 5_000)
    private static let senderCount = 3
    private static let batchCount = 40

    /// A batch, and how long the trace was when its answer had come.
    private struct Acknowledgement: Sendable {
        var batch: BatchOracle.Batch
        var traceByteCount: Int
    }

    @Test func nothingAcknowledgedIsLostAndEveryImageOpens() async throws {
        let scratch = try ScratchDirectory()
        let tracePath = scratch.file("trace")
        let acknowledged = try await record(scratch, tracePath)
        let trace = try WriteTrace(path: tracePath, directory: scratch.file("data"))
        let seed = FaultRun.seed(70)
        var random = SeededGenerator(seed: seed)
        // Before the store is there for the first time nothing was acknowledged, and there may be nothing to open.
        let first = try #require(acknowledged.map(\.traceByteCount).min())
        let begin = try #require(trace.records.firstIndex { $0.end >= first })
        let cuts = (0..<Self.imageCount).map { _ in Int.random(in: begin...trace.records.count, using: &random) }
            .sorted()
        var disk = RecordedDisk(trace)
        var broken: [String] = []
        for (index, cut) in cuts.enumerated() {
            disk.advance(to: cut)
            let image = scratch.file("image")
            let survival = Survival.allCases[index % Survival.allCases.count]
            try disk.writeImage(to: image, survival, &random)
            let end = cut == 0 ? 0 : trace.records[cut - 1].end
            let sure = acknowledged.filter { $0.traceByteCount <= end }.map(\.batch)
            for difference in await differences(image, sure: sure) {
                broken.append("image \(index) of seed \(seed), after record \(cut), \(survival): \(difference)")
            }
            try FileManager.default.removeItem(atPath: image)
            if broken.count > 10 { break }
        }
        #expect(broken == [])
        #expect(acknowledged.count == Self.senderCount * Self.batchCount)
        if broken.isEmpty { FaultRun.report("R3", Self.imageCount, "images", seed: seed) }
    }

    /// Runs a server whose writes are recorded, with all that it does to its files: commits, seals, merges, moves to the cold tier.
    private func record(_ scratch: ScratchDirectory, _ trace: String) async throws -> [Acknowledgement] {
        let server = try TestServer(in: scratch)
        try await server.start(
            environment: [
                "LD_PRELOAD": Binaries.directory + "/libDiskInterposer.so",
                "LOGDB_DISK_DIRECTORY": scratch.file("data"), "LOGDB_DISK_TRACE": trace,
            ])
        let acknowledged = try await withThrowingTaskGroup(of: [Acknowledgement].self) { group in
            for sender in 0..<Self.senderCount {
                group.addTask { try await send(sender, to: server.url, trace) }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        await server.killNow()
        return acknowledged
    }

    private func send(_ sender: Int, to url: String, _ trace: String) async throws -> [Acknowledgement] {
        let transport = HTTPTransport()
        var acknowledged: [Acknowledgement] = []
        for sequence in 1...UInt64(Self.batchCount) {
            let batch = BatchOracle.Batch(sender: sender, sequence: sequence)
            let reply = try await transport.send(
                HTTPCall(
                    method: "POST", url: "\(url)/api/v1/logs/ingest",
                    headers: [HTTPField("Content-Type", "application/x-ndjson")], body: Array(batch.body.utf8),
                    timeout: .seconds(300)))
            guard reply.status == 200 else { throw Stuck("ingest: \(reply.status)") }
            acknowledged.append(Acknowledgement(batch: batch, traceByteCount: Self.byteCount(trace)))
            // The rest of what a store does, in between.
            guard sender == 0, sequence % 8 == 0 else { continue }
            let route = sequence % 16 == 0 ? "tier" : "compact"
            _ = try await transport.send(
                HTTPCall(
                    method: "POST", url: "\(url)/api/v1/admin/\(route)",
                    headers: [HTTPField("Content-Type", "application/json")],
                    body: Array((route == "tier" ? #"{"older_than":"0s"}"# : "{}").utf8), timeout: .seconds(300)))
        }
        return acknowledged
    }

    private static func byteCount(_ path: String) -> Int {
        var info = stat()
        return stat(path, &info) == 0 ? Int(info.st_size) : 0
    }

    /// What is wrong with a store: batches that are missing, there twice or in part, and entries that nobody sent.
    private func differences(_ image: String, sure: [BatchOracle.Batch]) async -> [String] {
        var found: [String: [Entry]] = [:]
        do {
            let store = try await LogStore.open(at: image)
            for try await rows in store.scan(ScanRequest()) {
                for index in 0..<rows.count {
                    let entry = rows.batch[index]
                    found["\(entry.device)/\(entry.session)", default: []].append(entry)
                }
            }
            await store.close()
        } catch {
            return ["does not open or read: \(error)"]
        }
        let sureNames = Set(sure.map { "\($0.device)/\($0.session)" })
        var broken: [String] = []
        for sender in 0..<Self.senderCount {
            for sequence in 1...UInt64(Self.batchCount) {
                let batch = BatchOracle.Batch(sender: sender, sequence: sequence)
                let name = "\(batch.device)/\(batch.session)"
                let entries = found.removeValue(forKey: name) ?? []
                if entries.isEmpty && !sureNames.contains(name) { continue }
                broken += EndToEndTests.differences(found: entries, expected: batch.entries).prefix(1)
                    .map { "batch \(name): \($0)" }
            }
        }
        return broken + found.keys.map { "nobody sent \($0)" }
    }
}
