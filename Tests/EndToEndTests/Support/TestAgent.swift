import Foundation
import TestSupport
import Testing

/// `logdb-agent run` on a spool and an endpoint that it keeps over its restarts.
final class TestAgent {
    let configuration: String
    let endpoint: String
    let spool: String
    private let directory: ScratchDirectory
    private(set) var process: ChildProcess?
    private var startCount = 0

    /// - Parameter upload: Members of `log_upload`.
    init(
        in directory: ScratchDirectory, server: String, device: String = "Robot-7",
        upload: String = "batch_interval_ms: 100", spoolSettings: String = "fsync_interval_ms: 100"
    ) throws {
        self.directory = directory
        configuration = directory.file("fleet.yaml")
        endpoint = "ipc://" + directory.file("logs")
        spool = directory.file("spool")
        let yaml = """
            fleet:
              backend_url: "\(server)"
              dsn: "\(device)"
              log_upload: {\(upload)}
            transport: {endpoint: "\(endpoint)"}
            spool: {path: "\(spool)", \(spoolSettings)}
            """
        try yaml.write(toFile: configuration, atomically: true, encoding: .utf8)
    }

    func start(_ options: [String] = []) throws {
        startCount += 1
        process = try ChildProcess(
            Binaries.agent, ["run", "--config", configuration] + options,
            output: directory.file("agent-run-\(startCount)"))
    }

    /// A publisher that is heard: what it says from now on arrives.
    func publisher() async throws -> TestPublisher {
        let publisher = try TestPublisher(endpoint)
        let hello = "hello \(UUID().uuidString)"
        try await waitUntil("the agent hears a publisher", every: .milliseconds(10)) {
            publisher.send("{\"level\":\"DEBUG\",\"message\":\"\(hello)\"}")
            return self.hasSpooled(hello)
        }
        return publisher
    }

    /// Whether the text is in a file of received entries.
    func hasSpooled(_ text: String) -> Bool {
        let folder = spool + "/entries"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.sorted().reversed().contains { name in
            FileManager.default.contents(atPath: folder + "/" + name)?.range(of: Data(text.utf8)) != nil
        }
    }

    func awaitSpooled(_ text: String) async throws {
        try await waitUntil("“\(text)” is in the spool", every: .milliseconds(5)) { self.hasSpooled(text) }
    }

    /// `kill -9`.
    func killNow() async { await process?.killNow() }

    /// Stops the agent as systemd would, and answers with its exit status.
    func stop() async -> Int32 {
        process?.terminate()
        return await process?.wait() ?? 0
    }

    func waitUntil(_ what: String, every pause: Duration, _ isSo: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(120)
        while try await !isSo() {
            guard ContinuousClock.now < deadline else {
                throw Stuck("waited in vain until \(what):\n\(process?.errors ?? "")")
            }
            try await Task.sleep(for: pause)
        }
    }
}
