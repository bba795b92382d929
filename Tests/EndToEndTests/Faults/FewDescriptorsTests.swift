import FaultRun
import Foundation
import HTTPTransport
import Synchronization
import Testing

/// A server that may open few files and sockets, with more clients than that: it works or refuses, goes on when they have left,
/// and what it acknowledged is there.
@Suite(.serialized) struct FewDescriptorsTests {
    private static let limits = FaultRun.isLong ? [64, 96, 128, 192, 256] : [64, 256]
    private static let roundCount = FaultRun.isLong ? 4 : 1
    private static let senderCount = 3
    /// Batches of each sender once the others have left.
    private static let batchCount = 10

    @Test func refusesOrWorksAndGoesOn() async throws {
        let directory = try ScratchDirectory()
        let server = try TestServer(in: directory)
        let oracle = BatchOracle()
        for limit in Self.limits {
            for _ in 0..<Self.roundCount {
                try await server.start(under: "ulimit -n \(limit)")
                await beset(server, limit: limit, oracle)
                for sender in 0..<Self.senderCount {
                    for _ in 0..<Self.batchCount {
                        let batch = await oracle.nextBatch(sender: sender, isRepeating: true)
                        await oracle.answered(batch, try await HTTPTransport().send(batch.call(to: server.url)))
                    }
                }
                #expect(await server.stop() == 0, "\(limit) descriptors")
                await oracle.endCycle()
                try await server.start()
                let differences = await oracle.differences(from: try await server.export())
                #expect(differences == [], "\(limit) descriptors")
                let report = try await FleetClient(server.url).run("POST", "/admin/verify")
                #expect(report["sound"] as? Bool == true, "\(limit) descriptors: \(report)")
                #expect(await server.stop() == 0)
            }
        }
        FaultRun.report("R9", Self.limits.count * Self.roundCount, "servers", seed: 0)
    }

    /// Opens more connections than the server has descriptors for, again and again, while batches are sent and files opened.
    private func beset(_ server: TestServer, limit: Int, _ oracle: BatchOracle) async {
        let crowd = Crowd()
        await withTaskGroup(of: Void.self) { group in
            for sender in 0..<Self.senderCount {
                group.addTask { await send(sender, to: server.url, oracle, while: crowd) }
            }
            group.addTask { await maintain(server.url, while: crowd) }
            group.addTask { await crowd.besiege(server.port, count: limit + 50) }
        }
    }

    /// Sends batches, each over a connection of its own, whatever becomes of those before.
    private func send(_ sender: Int, to url: String, _ oracle: BatchOracle, while crowd: Crowd) async {
        while crowd.isThere {
            let batch = await oracle.nextBatch(sender: sender, isRepeating: true)
            guard let reply = try? await HTTPTransport().send(batch.call(to: url, timeout: .seconds(2))) else {
                await oracle.unanswered(batch)
                // So as not to be a crowd itself.
                try? await Task.sleep(for: .milliseconds(5))
                continue
            }
            if reply.status == 200 {
                await oracle.answered(batch, reply)
            } else {
                // A refusal is a problem with a code and a sentence.
                #expect(String(decoding: reply.body, as: UTF8.self).contains(#""code""#))
                await oracle.unanswered(batch)
            }
        }
    }

    /// What opens files: seals, merges and moves to the cold tier, which may fail.
    private func maintain(_ url: String, while crowd: Crowd) async {
        let client = FleetClient(url)
        while crowd.isThere {
            _ = try? await client.run("POST", "/admin/compact")
            _ = try? await client.run("POST", "/admin/tier", #"{"older_than":"0s"}"#)
            _ = try? await client.send("GET", "/logs?query=since:1970-01-01%20token&limit=50")
        }
    }

    /// Connections that ask nothing.
    private final class Crowd: Sendable {
        private let isGone = Atomic(false)

        var isThere: Bool { !isGone.load(ordering: .relaxed) }

        /// They come and go three times.
        func besiege(_ port: UInt16, count: Int) async {
            for _ in 0..<3 {
                var sockets: [Int32] = []
                while sockets.count < count, let socket = try? connected(to: port) { sockets.append(socket) }
                // How long they stay, not a wait for anything.
                try? await Task.sleep(for: .milliseconds(300))
                for socket in sockets { close(socket) }
                try? await Task.sleep(for: .milliseconds(100))
            }
            isGone.store(true, ordering: .relaxed)
        }
    }
}
