import FaultRun
import Foundation
import HTTPTransport
import LogModel
import Testing

/// One call of the disk fails, the n-th write or sync of a server: nothing is acknowledged that was not synced, and after a
/// restart what was acknowledged is there exactly once.
@Suite(.serialized) struct DiskErrorTests {
    private static let senderCount = 2
    /// More than any failing call of the test needs; a server that did not notice its failure goes on.
    private static let batchCountMax: UInt64 = Binaries.isLong ? 200 : 24

    private static let seed = FaultRun.seed(0)

    /// `LOGDB_DISK_FAILURE` of each run: in the short form some numbers up to 60; in the long form each from 1 to 500, or
    /// the part of them that the seed's last digits number.
    private static let failures: [String] = {
        let count = FaultRun.count(24, long: 2_000)
        let numbers = FaultRun.isLong ? Array(1...500) : [1, 9, 14, 20, 33, 60]
        let all = numbers.flatMap { number in
            [
                "write:\(number):\(EIO)", "write:\(number):\(ENOSPC)", "sync:\(number):\(EIO)",
                "sync:\(number):\(ENOSPC)",
            ]
        }
        let first = FaultRun.isLong ? Int(seed % 1_000) * count % all.count : 0
        return Array(all[first..<min(first + count, all.count)])
    }()

    @Test func nothingIsAcknowledgedThatWasNotSynced() async throws {
        let directory = try ScratchDirectory()
        let server = try TestServer(in: directory)
        let oracle = BatchOracle()
        for failure in Self.failures {
            let environment = [
                "LD_PRELOAD": Binaries.directory + "/libDiskInterposer.so",
                "LOGDB_DISK_DIRECTORY": directory.file("data"), "LOGDB_DISK_FAILURE": failure,
            ]
            // A server may not start on such a disk; it then ends and says why.
            if (try? await server.start(environment: environment)) != nil {
                await withTaskGroup(of: Void.self) { group in
                    for sender in 0..<Self.senderCount { group.addTask { await send(sender, to: server.url, oracle) } }
                }
            }
            await server.killNow()
            await oracle.endCycle()
            try await server.start()
            let differences = await oracle.differences(from: try await server.export())
            #expect(differences == [], "after \(failure)")
            #expect(await server.stop() == 0)
            if !differences.isEmpty { break }
        }
        let (acknowledged, unanswered) = await oracle.counts
        #expect(acknowledged > Self.failures.count, "too few batches for the test to mean anything")
        #expect(unanswered > 0, "no failure met a batch on its way")
        FaultRun.report("R7", Self.failures.count, "failures", seed: Self.seed)
    }

    /// Sends batches one after the other until one is not taken.
    private func send(_ sender: Int, to url: String, _ oracle: BatchOracle) async {
        let transport = HTTPTransport()
        for count in 1...Self.batchCountMax {
            let batch = await oracle.nextBatch(sender: sender, isRepeating: true)
            guard let reply = try? await transport.send(batch.call(to: url, timeout: .seconds(60))), reply.status == 200
            else {
                return await oracle.unanswered(batch)
            }
            await oracle.answered(batch, reply)
            guard sender == 0, count % 8 == 0 else { continue }
            // Sealing and merging meet the failure too.
            _ = try? await transport.send(
                HTTPCall(
                    method: "POST", url: "\(url)/api/v1/admin/compact",
                    headers: [HTTPField("Content-Type", "application/json")], body: Array("{}".utf8),
                    timeout: .seconds(60)))
        }
    }
}
