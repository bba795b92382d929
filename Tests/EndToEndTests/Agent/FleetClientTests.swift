import Foundation
import LogModel
import Synchronization
import Testing

@testable import Agent

/// A registered device's client against a real server: heartbeats, commands, renewal.
struct FleetClientTests {
    private struct Controls: AgentControls {
        func startSession(named name: String?) async throws(AgentError) -> String { "started \(name ?? "")" }
        func stopSession() async throws(AgentError) -> String { "stopped" }
        func restartModule(_ name: String) async throws(AgentError) -> String { "" }
        func setLogLevel(_ level: Level, module: String?, scope: LogLevelScope) async throws(AgentError) -> String {
            ""
        }
        func uploadFile(_ path: String, session: String?) async throws(AgentError) -> String { "" }
    }

    /// A device that is registered, and its running client.
    private final class Device: Sendable {
        let site: DeviceServer
        let options: FleetOptions
        private let stop = StopRequest()
        private let task = Mutex<Task<Void, any Error>?>(nil)
        private let seen = Mutex<[FleetNotice]>([])

        init(_ dsn: String) async throws {
            site = try await DeviceServer()
            let capsule = try await site.capsule(dsn)
            let certificates = site.scratch.file("certs")
            let registered = try await site.register(capsule, directory: certificates)
            #expect(registered.status == 0, "\(registered.errors)")
            var options = FleetOptions(
                server: try CapsuleManifest.read(capsule).server, dsn: dsn,
                files: DeviceFiles(directory: certificates), stateDirectory: site.scratch.file("state"))
            options.heartbeatInterval = .seconds(1)
            options.policy.allowed = [.runScript, .startSession]
            options.policy.scripts = [
                "greet": ["/bin/sh", "-c", "echo hello $LOGDB_WHO"],
                "long": ["/bin/sh", "-c", "echo run >> \(site.scratch.file("runs")); sleep 1000"],
            ]
            self.options = options
        }

        var notices: [FleetNotice] { seen.withLock { $0 } }

        func start() -> FleetRun {
            let stop = StopRequest()
            let client = Agent.FleetClient(
                options, controls: Controls(),
                status: { HeartbeatStatus(sessionID: "nav_1", spoolDepth: 3, droppedCount: 4) },
                notify: { [self] notice in seen.withLock { $0.append(notice) } })
            return FleetRun(stop: stop, task: Task { try await client.run(stop: stop) })
        }

        /// The command's record once it is in that state.
        func command(_ id: Int, until status: String) async throws -> [String: Any] {
            try await eventually("command \(id) to be \(status)") {
                let record = try await site.client.send("GET", "/fleet/commands/\(id)").object
                return record["status"] as? String == status ? record : nil
            }
        }

        func send(_ json: String) async throws -> Int {
            let reply = try await site.client.send(
                "POST", "/fleet/commands", #"{"device_id":"\#(options.dsn)",\#(json)}"#)
            return try #require(reply.object["command_id"] as? Int, "\(reply.text)")
        }
    }

    private struct FleetRun {
        let stop: StopRequest
        let task: Task<Void, any Error>

        func end() async throws {
            stop.make()
            try await task.value
        }
    }

    @Test func aDeviceIsOnlineAndDoesWhatItIsTold() async throws {
        let device = try await Device("DEV-1")
        _ = try await device.site.client.send("POST", "/sessions", #"{"device_id":"DEV-1","session_id":"nav_1"}"#)
        let run = device.start()
        let state = try await eventually("the device to be online") {
            let state = try await device.site.device("DEV-1")
            return state["status"] as? String == "online" && state["clock_offset_ms"] is Double ? state : nil
        }
        #expect(state["memory_usage"] is Double && state["disk_usage"] is Double && state["cpu_usage"] is Double)
        #expect(state["agent_version"] as? String == AgentVersion.text)
        #expect(state["spool_depth"] as? Int == 3 && state["dropped_count"] as? Int == 4)
        #expect(state["current_session_id"] is Int || state["current_session_id"] is String, "\(state)")

        let greeting = try await device.send(#""command":"run_script","arguments":{"name":"greet","who":"fleet"}"#)
        let greeted = try await device.command(greeting, until: "succeeded")
        #expect(greeted["output"] as? String == "hello fleet\n" && greeted["exit_code"] as? Int == 0)
        let session = try await device.send(#""command":"start_session","arguments":{"name":"m2"}"#)
        #expect(try await device.command(session, until: "succeeded")["output"] as? String == "started m2")
        let refused = try await device.send(
            #""command":"upload_file","arguments":{"path":"/etc/passwd"},"max_attempts":1"#)
        #expect(
            (try await device.command(refused, until: "failed")["output"] as? String)?.contains("not allow") == true)
        try await run.end()
    }

    @Test func aCommandThatAStopInterruptedIsNotRunAgain() async throws {
        let device = try await Device("DEV-2")
        let first = device.start()
        let id = try await device.send(#""command":"run_script","arguments":{"name":"long"},"max_attempts":1"#)
        let runs = device.site.scratch.file("runs")
        _ = try await eventually("the script to run") { FileManager.default.fileExists(atPath: runs) ? true : nil }
        try await first.end()
        let second = device.start()
        let record = try await device.command(id, until: "failed")
        #expect((record["output"] as? String)?.contains("not run again") == true)
        try await second.end()
        #expect(try String(contentsOfFile: runs, encoding: .utf8) == "run\n")
    }

    @Test func twoAgentsAreNotOneDevice() async throws {
        let device = try await Device("DEV-3")
        let first = device.start()
        _ = try await eventually("the first to be at it") { device.notices.isEmpty ? nil : true }
        let second = device.start()
        await #expect(throws: AgentError.self) { try await second.task.value }
        try await first.end()
    }

    @Test func theCertificateIsRenewedInPlace() async throws {
        let device = try await Device("DEV-4")
        let files = device.options.files
        let old = try String(contentsOfFile: files.certificate, encoding: .utf8)
        let key = try String(contentsOfFile: files.key, encoding: .utf8)
        let renewed = Mutex<Int64?>(nil)
        // By a clock that is past two thirds of the certificate's life.
        let renewal = CertificateRenewal(
            device.options,
            notify: { notice in
                if case .certificateRenewed(let expires) = notice { renewed.withLock { $0 = expires } }
            }, now: { Int64(Date().timeIntervalSince1970) + 61 * 86_400 })
        let renewing = Task { await renewal.run() }
        let expires = try await eventually("the renewal") { renewed.withLock { $0 } }
        renewing.cancel()
        await renewing.value
        let new = try String(contentsOfFile: files.certificate, encoding: .utf8)
        #expect(new != old)
        #expect(try String(contentsOfFile: files.key, encoding: .utf8) == key)
        #expect(expires > Int64(Date().timeIntervalSince1970) + 89 * 86_400)
        let list = try await device.site.client.send("GET", "/fleet/devices/DEV-4/certificate").object
        #expect((list["certificates"] as? [Any])?.count == 2)
        let run = device.start()
        _ = try await eventually("the device to be online") {
            try await device.site.device("DEV-4")["status"] as? String == "online" ? true : nil
        }
        try await run.end()
        // One that was taken back is not renewed, and the old file stays.
        _ = try await device.site.client.send("POST", "/fleet/devices/DEV-4/certificate/revoke", "{}")
        let error = await #expect(throws: AgentError.self) { try await Agent.FleetClient.renewNow(device.options) }
        #expect(error?.message.contains("register the device with a new capsule") == true, "\(error?.message ?? "")")
        #expect(try String(contentsOfFile: files.certificate, encoding: .utf8) == new)
    }
}

/// Asks until there is an answer; gives up after a time that only a failure takes.
func eventually<R>(_ what: String, _ body: () async throws -> R?) async throws -> R {
    let deadline = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < deadline {
        if let result = try await body() { return result }
        try await Task.sleep(for: .milliseconds(50))
    }
    throw Stuck("waited in vain for \(what)")
}
