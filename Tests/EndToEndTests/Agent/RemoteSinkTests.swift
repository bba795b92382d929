import Foundation
import Glibc
import LogModel
import Testing

/// Modules that log through a `RemoteSink`, an agent and a server, each a process of its own.
struct RemoteSinkTests {
    private struct Site {
        let device: DeviceServer
        let configuration: String
        let sinks: String
        let endpoint: String

        /// A registered device with a configuration.
        init(_ dsn: String, more: String = "") async throws {
            device = try await DeviceServer()
            let capsule = try await device.capsule(dsn)
            let certificates = device.scratch.file("certs")
            let registered = try await device.register(capsule, directory: certificates)
            #expect(registered.status == 0, "\(registered.errors)")
            let manifest = try String(contentsOfFile: capsule, encoding: .utf8)
            let backend = try #require(manifest.firstMatch(of: /backend_url: "([^"]*)"/)).1
            sinks = device.scratch.file("sinks")
            endpoint = "ipc://" + device.scratch.file("logs")
            configuration = device.scratch.file("fleet.yaml")
            try """
            fleet:
              backend_url: "\(backend)"
              dsn: "\(dsn)"
              heartbeat_interval_ms: 1000
              log_upload: {batch_interval_ms: 50}
              certificates:
                ca_cert_path: "\(certificates)/ca.pem"
                client_cert_path: "\(certificates)/device.pem"
                client_key_path: "\(certificates)/device.key"
            transport: {endpoint: "\(endpoint)"}
            spool: {path: "\(device.scratch.file("spool"))", fsync_interval_ms: 50}
            sinks: {directory: "\(sinks)"}
            \(more)
            """.write(toFile: configuration, atomically: false, encoding: .utf8)
        }

        func agent(_ name: String) throws -> ChildProcess {
            try ChildProcess(
                Binaries.agent, ["run", "--config", configuration, "--session", "m1"], output: device.scratch.file(name)
            )
        }

        func module(_ name: String, _ count: Int, _ end: String) throws -> ChildProcess {
            try ChildProcess(
                Binaries.directory + "/SinkProcess", [sinks, endpoint, String(count), end],
                output: device.scratch.file(name))
        }

        /// The numbers of the lines that the server has, of each process.
        func stored() async throws -> [String: [Int]] {
            var numbers: [String: [Int]] = [:]
            for row in try await device.server.export("module:probe") {
                let entry = try row.entry()
                let number = entry.context.first { $0.key == "number" }.flatMap { Int($0.value) }
                numbers[entry.process, default: []].append(number ?? -1)
            }
            return numbers.mapValues { $0.sorted() }
        }
    }

    /// What a module said that it had logged.
    private func said(_ process: ChildProcess) -> Int {
        process.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().last { !$0.hasPrefix("d") }
            .flatMap { Int($0) } ?? 0
    }

    @Test func whatACrashedModuleLoggedIsStoredOnce() async throws {
        let site = try await Site("DEV-1")
        var agent = try site.agent("agent-1")
        let faulty = try site.module("segv", 3_000, "segv")
        let killed = try site.module("kill", 10_000_000, "wait")
        _ = try await eventually("the module to log") { said(killed) > 2_000 ? true : nil }
        // The agent dies first, and the module in the middle of what it says.
        await agent.killNow()
        await killed.killNow()
        #expect(await faulty.wait() == -SIGSEGV)
        agent = try site.agent("agent-2")
        let (first, second) = (said(faulty), said(killed))
        let found = try await eventually("all lines to be stored") {
            let stored = try await site.stored()
            let counts = stored.values.map(\.count).sorted()
            return stored.count == 2 && counts[0] >= min(first, second) && counts[1] >= max(first, second)
                ? stored : nil
        }
        for numbers in found.values { #expect(numbers == Array(1...numbers.count)) }
        let counts = found.values.map(\.count)
        #expect(counts.contains(3_000))
        // One line may have been logged and not said any more.
        #expect(counts.contains { $0 == second || $0 == second + 1 })
        agent.terminate()
        #expect(await agent.wait() == 0, "\(agent.errors)")
        let left = try FileManager.default.contentsOfDirectory(atPath: site.sinks).filter { $0.hasPrefix("probe") }
        #expect(left.isEmpty, "\(left)")
    }

    @Test func anAgentIsADeviceOfTheFleet() async throws {
        let site = try await Site(
            "DEV-2",
            more: """
                commands:
                  allow: [run_script, set_log_level]
                  scripts: {greet: ["/bin/echo", "hello"]}
                inputs:
                  - {socket: "\(NSTemporaryDirectory())/input-\(getpid())", module: line}
                """)
        let agent = try site.agent("agent")
        _ = try await eventually("the device to be online") {
            let device = try await site.device.device("DEV-2")
            return device["status"] as? String == "online" ? true : nil
        }
        let client = site.device.client
        for command in [
            #""command":"run_script","arguments":{"name":"greet"}"#,
            #""command":"set_log_level","arguments":{"level":"ERROR"}"#,
        ] {
            let reply = try await client.send("POST", "/fleet/commands", #"{"device_id":"DEV-2",\#(command)}"#)
            let id = try #require(reply.object["command_id"] as? Int, "\(reply.text)")
            _ = try await eventually("the command to succeed") {
                try await client.send("GET", "/fleet/commands/\(id)").object["status"] as? String == "succeeded"
                    ? true : nil
            }
        }
        #expect(try String(contentsOfFile: site.sinks + "/levels", encoding: .utf8) == "* ERROR\n")
        agent.terminate()
        #expect(await agent.wait() == 0, "\(agent.errors)")
    }
}
