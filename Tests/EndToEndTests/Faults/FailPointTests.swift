import FaultRun
import Foundation
import HTTPTransport
import Testing

@testable import LogDB

/// A server that ends, as a crash would end it, at each of the steps of a commit, a seal, a merge, a move to the cold tier,
/// an expiry and a deletion, while batches arrive and all of these go on: what it acknowledged is there exactly once, and
/// what was deleted stays so.
@Suite(.serialized) struct FailPointTests {
    /// How often each step ends a server.
    private static let roundCount = FaultRun.count(1, long: 20)
    private static let senderCount = 2

    @Test func aStopAtAnyStepLosesNothing() async throws {
        let seed = FaultRun.seed(40)
        var random = SeededGenerator(seed: seed)
        var stopCount = 0
        for round in 1...Self.roundCount {
            let directory = try ScratchDirectory()
            let server = try TestServer(in: directory)
            let oracle = BatchOracle()
            let doomed = DoomedEntries()
            for point in FailPoint.allCases {
                let name = "\(point.rawValue):\(Int.random(in: 1...2, using: &random))"
                let seeds = (0..<Self.senderCount).map { _ in random.next() }
                // Some steps come with the start.
                if (try? await server.start(environment: ["LOGDB_FAIL_POINT": name])) != nil {
                    await withTaskGroup(of: Void.self) { group in
                        for sender in 0..<Self.senderCount {
                            group.addTask { await oracle.send(as: sender, seed: seeds[sender], to: server.url) }
                        }
                        group.addTask { await doomed.work(server.url) }
                        await awaitEnd(of: server, name)
                    }
                }
                let errors = await server.errors
                #expect(await server.wait() == -SIGKILL, "\(name): \(errors)")
                await oracle.endCycle()
                stopCount += 1

                try await server.start()
                let rows = try await server.export()
                let broken =
                    await oracle.differences(from: rows.filter { !DoomedEntries.devices.contains($0.device) })
                    + (await doomed.differences(from: rows))
                #expect(broken == [], "after \(name) in round \(round) of seed \(seed)")
                #expect(await server.stop() == 0)
                if !broken.isEmpty { return }
            }
            try await server.start()
            let report = try await FleetClient(server.url).run("POST", "/admin/verify")
            #expect(report["sound"] as? Bool == true, "\(report)")
            #expect(await server.stop() == 0)
            let acknowledged = await oracle.counts.acknowledged
            #expect(acknowledged > FailPoint.allCases.count, "too few batches for the test to mean anything")
        }
        FaultRun.report("R4", stopCount, "stops", seed: seed)
    }

    private func awaitEnd(of server: TestServer, _ name: String) async {
        let deadline = ContinuousClock.now + .seconds(120)
        while await server.isRunning {
            guard ContinuousClock.now < deadline else {
                Issue.record("\(name) was not reached")
                return await server.killNow()
            }
            try? await Task.sleep(for: .milliseconds(5))
        }
    }
}

/// Entries that are stored to expire or to be deleted, over and over, and the rest of what a store does beside commits.
private actor DoomedEntries {
    static let expiring = "expiring"
    static let deleted = "deleted"
    static let devices = [expiring, deleted]
    private static let count = 300

    private var lap = 0
    /// The laps whose deletion was answered.
    private var deletedLaps: Set<Int> = []

    /// Goes on until the server is gone.
    func work(_ url: String) async {
        let client = FleetClient(url)
        // Between what expires and the oracle's batches.
        let age = Int(Date.now.timeIntervalSince1970 - 1_672_531_200) / 86_400
        do {
            while true {
                lap += 1
                _ = try await client.send("PUT", "/admin/retention", "{}")
                try await store(Self.expiring, "2020-01-03", client)
                try await store(Self.deleted, "2025-01-04", client)
                try await client.run("POST", "/admin/compact")
                _ = try await client.send("PUT", "/admin/retention", #"{"delete_after":"\#(age)d"}"#)
                let deletion = try await client.send("DELETE", "/logs?query=device:\(Self.deleted)")
                if deletion.status == 202 { deletedLaps.formUnion(1...lap) }
                try await client.run("POST", "/admin/compact")
                try await client.run("POST", "/admin/tier", #"{"older_than":"0s"}"#)
            }
        } catch is HTTPTransportError {
            // The server is gone.
        } catch {
            Issue.record("\(error)")
        }
    }

    private func store(_ device: String, _ day: String, _ client: FleetClient) async throws {
        let entries = (0..<Self.count).map { index in
            #"{"time":"\#(day)T00:00:00Z","device":"\#(device)","message":"\#(lap)/\#(index)"}"#
        }
        let reply = try await client.send("POST", "/logs/ingest", "[\(entries.joined(separator: ","))]")
        guard reply.status == 200 else { throw Stuck("ingest: \(reply.status) \(reply.text)") }
    }

    /// Each is there once or not any more; of those that were deleted none is.
    func differences(from rows: [StoredRow]) -> [String] {
        var broken: [String] = []
        var found: Set<String> = []
        for row in rows where Self.devices.contains(row.device) {
            let numbers = row.message.split(separator: "/").compactMap { Int($0) }
            let isKnown =
                numbers.count == 2 && (1...max(lap, 1)).contains(numbers[0])
                && (0..<Self.count).contains(numbers[1])
            if !isKnown { broken.append("nobody sent \(row.device) \(row.message)") }
            if !found.insert("\(row.device) \(row.message)").inserted {
                broken.append("twice: \(row.device) \(row.message)")
            }
            if isKnown, row.device == Self.deleted, deletedLaps.contains(numbers[0]) {
                broken.append("deleted and there: \(row.message)")
            }
        }
        return Array(broken.sorted().prefix(10))
    }
}
