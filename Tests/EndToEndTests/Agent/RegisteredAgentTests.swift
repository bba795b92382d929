import Foundation
import Testing

/// The agent as a registered device runs it: with a certificate, at the server's listener for devices.
struct RegisteredAgentTests {
    private let site: DeviceServer
    private let configuration: String
    private let endpoint: String

    init() async throws {
        site = try await DeviceServer()
        let capsule = try await site.capsule("DEV-1")
        let certificates = site.scratch.file("certs")
        let registered = try await site.register(capsule, directory: certificates)
        #expect(registered.status == 0, "\(registered.errors)")
        let manifest = try String(contentsOfFile: capsule, encoding: .utf8)
        let url = try #require(manifest.firstMatch(of: /backend_url: "?([^"\s]+)/)?.1)
        endpoint = "ipc://" + site.scratch.file("logs")
        configuration = site.scratch.file("fleet.yaml")
        try """
        fleet:
          backend_url: \(url)
          dsn: DEV-1
          heartbeat_interval_ms: 1000
          log_upload: {batch_interval_ms: 50}
          certificates:
            ca_cert_path: \(certificates)/ca.pem
            client_cert_path: \(certificates)/device.pem
            client_key_path: \(certificates)/device.key
        transport: {endpoint: "\(endpoint)"}
        spool: {path: \(site.scratch.file("spool")), fsync_interval_ms: 10}
        commands: {allow: [start_session, stop_session]}
        """.write(toFile: configuration, atomically: false, encoding: .utf8)
    }

    private func agent(_ name: String) throws -> ChildProcess {
        try ChildProcess(Binaries.agent, ["run", "--config", configuration], output: site.scratch.file(name))
    }

    /// Sends a command and returns what the device said of it.
    private func told(_ command: String, _ arguments: String = "{}") async throws -> String {
        let reply = try await site.client.send(
            "POST", "/fleet/commands",
            #"{"device_id":"DEV-1","command":"\#(command)","arguments":\#(arguments),"max_attempts":1}"#)
        let id = try #require(reply.object["command_id"] as? Int, "\(reply.text)")
        return try await eventually("\(command) to be done") {
            let record = try await site.client.send("GET", "/fleet/commands/\(id)").object
            guard let status = record["status"] as? String, ["succeeded", "failed"].contains(status) else { return nil }
            return "\(status): \(record["output"] as? String ?? "")"
        }
    }

    /// Publishes until the server has an entry of that session.
    private func publish(_ message: String, in session: String) async throws {
        let publisher = try TestPublisher(endpoint)
        let query = session.isEmpty ? "\(message) -session:*" : "\(message) session:\(session)"
        _ = try await eventually("an entry “\(message)” of the session “\(session)”") {
            publisher.send(#"{"message":"\#(message)"}"#)
            return try await site.server.export("\(query) since:1h").isEmpty ? nil : true
        }
    }

    private func status(of session: String) async throws -> String? {
        try await site.client.send("GET", "/sessions/\(session)").object["status"] as? String
    }

    @Test func sessionsBeginAndEndByCommand() async throws {
        let first = try agent("first")
        try await publish("idle", in: "")
        #expect(try await told("start_session", #"{"name":"mission_1"}"#) == "succeeded: the session mission_1 runs")
        #expect(try await status(of: "mission_1") == "active")
        try await publish("takeoff", in: "mission_1")
        _ = try await eventually("the heartbeat to name the session") {
            try await site.device("DEV-1")["current_session_id"] is NSNull ? nil : true
        }

        // A crash of the agent leaves the session running.
        await first.killNow()
        let second = try agent("second")
        try await publish("cruise", in: "mission_1")

        #expect(try await told("start_session", #"{"name":"mission_2"}"#) == "succeeded: the session mission_2 runs")
        #expect(try await status(of: "mission_1") == "completed")
        let name = String(repeating: "x", count: 2_000)
        #expect(try await told("start_session", #"{"name":"\#(name)"}"#).hasPrefix("failed: "))
        #expect(try await status(of: "mission_2") == "active")
        try await publish("landing", in: "mission_2")
        #expect(try await told("stop_session") == "succeeded: the session mission_2 is completed")
        #expect(try await status(of: "mission_2") == "completed")
        try await publish("parked", in: "")
        #expect(try await told("stop_session").hasPrefix("failed: "))
        let unnamed = try await told("start_session")
        #expect(unnamed.firstMatch(of: /succeeded: the session session-\d{8}T\d{6} runs/) != nil, "\(unnamed)")

        second.terminate()
        #expect(await second.wait() == 0, "\(second.errors)")
        #expect(!second.errors.contains("cancelled"), "\(second.errors)")
        #expect(await site.server.stop() == 0)
    }
}
