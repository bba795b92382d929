import Foundation
import TestSupport
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
        let url = try RegisteredAgentTests.deviceURL(capsule)
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

    /// Of the server's listener for devices, as a capsule names it.
    private static func deviceURL(_ capsule: String) throws -> String {
        let manifest = try String(contentsOfFile: capsule, encoding: .utf8)
        return String(try #require(manifest.firstMatch(of: /backend_url: "?([^"\s]+)/)?.1))
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

    @Test func logFilesOfModulesAreUploadedWhereTheSessionIsNot() async throws {
        let log = site.scratch.file("nav.log")
        var text = try String(contentsOfFile: configuration, encoding: .utf8)
        text += """

            modules:
              nav:
                command: [/bin/bash, -c, "echo up; echo its own words > \(log); exec sleep 1000"]
                logs: ["\(site.scratch.path)/nav.l*", /nowhere/*.log]
            """
        try text.write(toFile: configuration, atomically: false, encoding: .utf8)
        let first = try agent("first")
        try await publish("takeoff", in: "")
        #expect(try await told("start_session", #"{"name":"mission_1"}"#) == "succeeded: the session mission_1 runs")
        let publisher = try TestPublisher(endpoint)
        _ = try await eventually("an entry of the session") {
            publisher.send(#"{"message":"cruise"}"#)
            return try await site.server.export("cruise session:mission_1 since:1h").isEmpty ? nil : true
        }
        await site.server.killNow()
        publisher.send(#"{"message":"unheard"}"#)
        _ = try await eventually("entries to wait") {
            first.errors.contains("cannot send") ? true : nil
        }
        first.terminate()
        #expect(await first.wait() == 0, "\(first.errors)")
        #expect(first.errors.contains("1 log files of modules are kept for the server"), "\(first.errors)")
        // What the next start of the module writes takes nothing away.
        try "other words".write(toFile: log, atomically: false, encoding: .utf8)

        try await site.server.start(["--device-listen", "127.0.0.1:0"])
        let old = try RegisteredAgentTests.deviceURL(site.scratch.file("capsule-DEV-1.yaml"))
        let new = try RegisteredAgentTests.deviceURL(try await site.capsule("DEV-2"))
        try text.replacingOccurrences(of: old, with: new)
            .write(toFile: configuration, atomically: false, encoding: .utf8)
        let second = try agent("second")
        let client = FleetClient(site.server.url)
        let words: String = try await eventually("the module's own log in the session") {
            let file = try await client.send(
                "GET", "/sessions/mission_1/files/download?path=module-logs/nav/nav.log")
            return file.status == 200 ? file.text : nil
        }
        #expect(words == "its own words\n")
        _ = try await eventually("the entry that waited") {
            try await site.server.export("unheard since:1h").isEmpty ? nil : true
        }
        second.terminate()
        #expect(await second.wait() == 0, "\(second.errors)")
        #expect(!second.errors.contains("log files of modules"), "\(second.errors)")
        #expect(await site.server.stop() == 0)
    }
}
