import Foundation

/// A server with a listener for devices, and the capsules that it makes.
struct DeviceServer {
    let scratch: ScratchDirectory
    let server: TestServer
    /// Requests to the main listener, where everything is allowed.
    let client: FleetClient

    init() async throws {
        scratch = try ScratchDirectory()
        server = try TestServer(in: scratch)
        client = FleetClient(server.url)
        try await server.start(["--device-listen", "127.0.0.1:0"])
    }

    /// Has a capsule made and answers with the path of its manifest.
    func capsule(_ dsn: String) async throws -> String {
        let reply = try await client.send(
            "POST", "/capsules/generate", #"{"dsn":"\#(dsn)","type":"drone","environment":"testing"}"#)
        guard reply.status == 201, let manifest = reply.object["manifest"] as? String else {
            throw Stuck("no capsule: \(reply.status) \(reply.text)")
        }
        let path = scratch.file("capsule-\(dsn).yaml")
        try manifest.write(toFile: path, atomically: false, encoding: .utf8)
        return path
    }

    /// Runs `logdb-agent register` to its end.
    func register(
        _ capsule: String, directory: String, _ options: [String] = []
    ) async throws -> (status: Int32, output: String, errors: String) {
        try await run(
            Binaries.agent, ["register", "--capsule", capsule, "--directory", directory] + options, in: scratch)
    }

    func device(_ dsn: String) async throws -> [String: Any] {
        try await client.send("GET", "/fleet/devices/\(dsn)").object
    }
}
