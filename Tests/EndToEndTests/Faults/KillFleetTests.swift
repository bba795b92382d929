import Foundation
import HTTPTransport
import LogModel
import Testing

/// `kill -9` of the server while devices register, send heartbeats, start sessions and log, and get commands: what was
/// acknowledged is there, tables and indexes agree, and counters are what a query counts.
@Suite(.serialized) struct KillFleetTests {
    static let cycleCount = Binaries.isLong ? 200 : 10
    static let workerCount = 3

    @Test func nothingAcknowledgedOfAFleetIsLost() async throws {
        let directory = try ScratchDirectory()
        let request = try await certificateRequest(in: directory)
        let server = try TestServer(in: directory)
        let oracle = FleetOracle()
        var random = SeededGenerator(seed: 70)
        for cycle in 1...Self.cycleCount {
            try await server.start()
            let delay = Int.random(in: 20...900, using: &random)
            let seeds = (0..<Self.workerCount).map { _ in random.next() }
            await withTaskGroup(of: Void.self) { group in
                for seed in seeds {
                    group.addTask { await work(seed, FleetClient(server.url), oracle, request) }
                }
                // The moment of the fault, not a wait for anything.
                try? await Task.sleep(for: .milliseconds(delay))
                await server.killNow()
                await oracle.endCycle()
            }
            let check = try await run(
                Binaries.logdb, ["admin", "check", "--data", directory.file("data")], in: directory)
            #expect(check.status == 0, "after \(cycle) kills: \(check.errors)")
            try await server.start()
            let differences = try await oracle.differences(from: FleetClient(server.url))
            #expect(differences == [], "after \(cycle) kills")
            #expect(await server.stop() == 0)
            if check.status != 0 || !differences.isEmpty { break }
        }
        let (devices, commands, sessions) = (await oracle.devices, await oracle.commands, await oracle.sessions)
        #expect(devices.count > 1 && commands.count > Self.cycleCount && sessions.count > Self.cycleCount)
        #expect(await oracle.unansweredCount > 0, "no kill met a request on its way")
    }

    /// A request for a certificate, as JSON text. All devices have the same key, which is no matter here.
    private func certificateRequest(in directory: ScratchDirectory) async throws -> String {
        let made = try await run(
            "/usr/bin/openssl",
            [
                "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=x",
                "-keyout", directory.file("device.key"), "-out", directory.file("device.csr"),
            ], in: directory)
        try #require(made.status == 0, "\(made.errors)")
        let text = try String(contentsOfFile: directory.file("device.csr"), encoding: .utf8)
        return "\"" + text.replacing("\n", with: "\\n") + "\""
    }

    /// Does what a fleet does until the server is gone.
    private func work(_ seed: UInt64, _ client: FleetClient, _ oracle: FleetOracle, _ request: String) async {
        var random = SeededGenerator(seed: seed)
        let cycle = await oracle.cycle
        do throws(HTTPTransportError) {
            while await oracle.cycle == cycle {
                let number = await oracle.nextNumber()
                guard let device = await oracle.anyDevice(random.next()), Int.random(in: 0..<8, using: &random) > 0
                else {
                    try await register("DEV-\(number)", client, oracle, request)
                    continue
                }
                switch Int.random(in: 0..<4, using: &random) {
                case 0:
                    let json = #"{"device_id":"\#(device)","metrics":{"cpu_usage":\#(number % 100)}}"#
                    if expect(try await client.send("POST", "/fleet/heartbeat", json), [200]) != nil {
                        await oracle.heard(device)
                    }
                case 1:
                    let json = #"{"device_id":"\#(device)","command":"command \#(number)"}"#
                    let reply = expect(try await client.send("POST", "/fleet/commands", json), [201])
                    if let id = reply?.object["command_id"] as? Int { await oracle.sent(id, to: device) }
                case 2:
                    let session = "run-\(number)"
                    let json = #"{"device_id":"\#(device)","session_id":"\#(session)","name":"mission \#(session)"}"#
                    let reply = expect(try await client.send("POST", "/sessions", json), [201])
                    if let id = reply?.object["id"] as? Int {
                        await oracle.started(id, .init(device: device, session: session))
                    }
                default: try await store(number, device, client, oracle, &random)
                }
            }
        } catch {
            await oracle.unanswered()
        }
    }

    private func expect(_ reply: FleetClient.Reply, _ statuses: Set<Int>) -> FleetClient.Reply? {
        if statuses.contains(reply.status) { return reply }
        Issue.record("\(reply.status) \(reply.text)")
        return nil
    }

    private func register(
        _ device: String, _ client: FleetClient, _ oracle: FleetOracle, _ request: String
    ) async throws(HTTPTransportError) {
        let capsule = #"{"dsn":"\#(device)","type":"drone"}"#
        guard let made = expect(try await client.send("POST", "/capsules/generate", capsule), [201]),
            let token = made.object["registration_token"] as? String
        else { return }
        let json = #"{"dsn":"\#(device)","registration_token":"\#(token)","csr":\#(request)}"#
        // Past the limit of registrations it is another day's.
        let reply = expect(try await client.send("POST", "/fleet/register", json), [201, 429])
        if let id = reply?.object["device_id"] as? Int { await oracle.registered(device, id) }
    }

    /// A batch of entries of a few sessions that other batches have too, at times sent twice.
    private func store(
        _ number: Int, _ device: String, _ client: FleetClient, _ oracle: FleetOracle,
        _ random: inout SeededGenerator
    ) async throws(HTTPTransportError) {
        let name = FleetOracle.Name(device: device, session: "shift-\(Int.random(in: 0..<3, using: &random))")
        let count = Int.random(in: 1...60, using: &random)
        let entries = (0..<count).map { index in
            let level = Level.allCases.randomElement(using: &random)!.name
            return #"{"device":"\#(device)","session_id":"\#(name.session)","level":"\#(level)","#
                + #""message":"entry \#(index) of \#(number)"}"#
        }
        let json = "[\(entries.joined(separator: ","))]"
        let headers = ["X-Batch-Device": device, "X-Batch-Boot": "boot-\(number)", "X-Batch-Seq": "1"]
        do throws(HTTPTransportError) {
            let reply = expect(try await client.send("POST", "/logs/ingest", json, headers: headers), [200])
            if reply?.object["accepted"] as? Int == count { await oracle.stored(name, count) }
        } catch {
            await oracle.lost(name, count)
            throw error
        }
        if Bool.random(using: &random) {
            let again = expect(try await client.send("POST", "/logs/ingest", json, headers: headers), [200])
            #expect(again?.object["accepted"] as? Int == 0, "\(again?.text ?? "")")
        }
    }
}
