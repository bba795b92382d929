import FaultRun
import Foundation
import LogModel
import Testing

/// `kill -9` of the server while batches arrive over HTTP: what it acknowledged is there exactly once, what it did not
/// is there once and whole or not at all, and nothing else is.
@Suite(.serialized) struct KillServerTests {
    static let cycleCount = FaultRun.count(50, long: 1_000)
    static let senderCount = 2
    /// All entries lie in this stretch, so that one export reads them.
    static let start = Timestamp(rfc3339: "2025-01-03T00:00:00Z")!

    @Test func nothingAcknowledgedIsLostOrDoubled() async throws {
        let directory = try ScratchDirectory()
        let server = try TestServer(in: directory)
        let oracle = BatchOracle()
        let seed = FaultRun.seed(50)
        var random = SeededGenerator(seed: seed)
        for cycle in 1...Self.cycleCount {
            try await server.start()
            let delay = Int.random(in: 5...250, using: &random)
            let seeds = (0..<Self.senderCount).map { _ in random.next() }
            await withTaskGroup(of: Void.self) { group in
                for sender in 0..<Self.senderCount {
                    group.addTask { await oracle.send(as: sender, seed: seeds[sender], to: server.url) }
                }
                // The moment of the fault, not a wait for anything.
                try? await Task.sleep(for: .milliseconds(delay))
                await server.killNow()
                await oracle.endCycle()
            }
            if cycle % 10 == 0 || cycle == Self.cycleCount {
                try await server.start()
                let differences = await oracle.differences(from: try await server.export())
                #expect(differences == [], "after \(cycle) kills")
                #expect(await server.stop() == 0)
                if !differences.isEmpty { break }
            }
        }
        let (acknowledged, unanswered) = await oracle.counts
        #expect(acknowledged > Self.cycleCount, "too few batches for the test to mean anything")
        #expect(unanswered > 0, "no kill met a batch on its way")
        FaultRun.report("R1", Self.cycleCount, "kills", seed: seed)
    }
}
