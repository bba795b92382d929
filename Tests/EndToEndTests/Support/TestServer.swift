import Foundation
import Glibc
import HTTPTransport

/// `logdb serve` on a data directory and a port that it keeps over its restarts.
actor TestServer {
    nonisolated let url: String
    nonisolated let port: UInt16
    private let directory: ScratchDirectory
    private let transport = HTTPTransport()
    private var process: ChildProcess?
    private var startCount = 0

    init(in directory: ScratchDirectory) throws {
        self.directory = directory
        port = try TestServer.freePort()
        url = "http://127.0.0.1:\(port)"
    }

    /// Starts the server and waits until it is ready.
    ///
    /// - Parameter limit: What a shell runs before it becomes the server, such as `ulimit -n 64`.
    func start(
        _ options: [String] = [], authentication: String = "none", environment: [String: String] = [:],
        under limit: String? = nil
    ) async throws {
        startCount += 1
        let arguments =
            ["serve", "--data", directory.file("data"), "--listen", "127.0.0.1:\(port)", "--auth", authentication]
            + options
        let process = try ChildProcess(
            limit == nil ? Binaries.logdb : "/bin/sh",
            limit.map { ["-c", "\($0) && exec \"$0\" \"$@\"", Binaries.logdb] + arguments } ?? arguments,
            output: directory.file("server-\(startCount)"), environment: environment)
        self.process = process
        let deadline = ContinuousClock.now + .seconds(300)
        while ContinuousClock.now < deadline {
            guard process.isRunning else { break }
            let reply = try? await transport.send(HTTPCall(url: url + "/ready", timeout: .seconds(5)))
            if reply?.status == 200 { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        await process.killNow()
        throw Stuck("the server did not become ready:\n\(process.output)\(process.errors)")
    }

    /// Uploads a file into a session, which begins with it.
    nonisolated func upload(_ content: [UInt8], _ path: String, session: String, device: String) async throws {
        let transport = HTTPTransport()
        let entry = #"{"device":"\#(device)","session_id":"\#(session)","message":"m"}"#
        let begun = try await transport.send(
            HTTPCall(
                method: "POST", url: url + "/api/v1/logs/ingest",
                headers: [HTTPField("Content-Type", "application/x-ndjson")], body: Array(entry.utf8)))
        let sent = try await transport.send(
            HTTPCall(method: "POST", url: url + "/api/v1/sessions/\(session)/artifacts?path=\(path)", body: content))
        guard begun.status == 200, sent.status == 201 else {
            throw Stuck("the upload was answered with \(begun.status), \(sent.status)")
        }
    }

    /// `kill -9`.
    func killNow() async { await process?.killNow() }

    /// Stops the server as an operator would, and answers with its exit status.
    func stop() async -> Int32 {
        guard let process else { return 0 }
        process.terminate()
        return await process.wait()
    }

    /// Waits for the end of a server that ends by itself: the exit status, or the signal's number made negative.
    func wait() async -> Int32 { await process?.wait() ?? 0 }

    var isRunning: Bool { process?.isRunning ?? false }

    /// Bytes of memory; nil once the server has ended.
    var peakResidentByteCount: Int? { process?.peakResidentByteCount }
    var residentByteCount: Int? { process?.residentByteCount }

    /// What the server has written on standard error.
    var errors: String { process?.errors ?? "" }

    /// What the server has written on standard output.
    var output: String { process?.output ?? "" }

    /// Everything that is stored, as the export gives it.
    func export(_ query: String = "since:1970-01-01") async throws -> [StoredRow] {
        let escaped = query.addingPercentEncoding(withAllowedCharacters: .alphanumerics)!
        let stream = try await transport.stream(
            HTTPCall(url: "\(url)/api/v1/logs/export?query=\(escaped)&format=ndjson"))
        var bytes: [UInt8] = []
        for try await piece in stream.body { bytes += piece }
        guard stream.status == 200 else {
            throw Stuck("export: \(stream.status) \(String(decoding: bytes, as: UTF8.self))")
        }
        return try StoredRow.rows(ndjson: bytes)
    }

    /// How many entries are stored, as a query counts them.
    func count() async throws -> Int {
        let query = "since:1970-01-01 | stats count() as n".addingPercentEncoding(
            withAllowedCharacters: .alphanumerics)!
        let reply = try await transport.send(HTTPCall(url: "\(url)/api/v1/logs?query=\(query)"))
        let text = String(decoding: reply.body, as: UTF8.self)
        guard reply.status == 200, let number = text.firstMatch(of: /"n": ?(\d+)|\[\[(\d+)\]\]/),
            let count = Int(number.1 ?? number.2 ?? "")
        else { throw Stuck("no count: \(reply.status) \(text)") }
        return count
    }

    /// A port below those that the system gives to connections, which could take one between two starts of a server.
    static func freePort() throws -> UInt16 {
        for _ in 0..<1_000 {
            let port = UInt16.random(in: 20_000..<32_000)
            if try canListen(on: port) { return port }
        }
        throw Stuck("no free port")
    }

    static func canListen(on port: UInt16) throws -> Bool {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { throw Stuck("no socket") }
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        address.sin_port = port.bigEndian
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
