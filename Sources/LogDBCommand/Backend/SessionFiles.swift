import Glibc
import HTTPTransport
import LogModel

/// The files of a session on a server.
struct SessionFiles {
    let client: ServerClient
    let session: String

    /// Bytes that are sent at a time; what breaks off is sent again from the last one.
    private static let partByteCount = 8 << 20
    /// How often an upload looks anew where the server stands.
    private static let againCountMax = 10
    private static let mediaType = "application/octet-stream"

    static func client(_ target: TargetOptions) throws(CommandFailure) -> ServerClient {
        try ServerOnly.client(target, because: "a server renders and keeps the files of sessions")
    }

    var route: String { "/api/v1/sessions/" + ServerClient.encoded(session) }

    /// A row a file, as the tree has them.
    func list() async throws -> [IdentityBackend.Row] {
        var rows: [IdentityBackend.Row] = []
        func add(_ nodes: [JSONValue]) {
            for node in nodes {
                if let children = node["children"] {
                    add(children.elements)
                } else {
                    rows.append(
                        IdentityBackend.row(node, ["path", "type", "size", "entries", "content_type", "sha256"]))
                }
            }
        }
        add(try await client.json("GET", route + "/files")["files"]?.elements ?? [])
        return rows
    }

    /// Writes what the server answers, as it comes.
    ///
    /// - Parameter file: `-` is standard output.
    func write(_ path: String, to file: String) async throws {
        let output = file == "-" ? Output() : Output(path: file)
        do {
            let stream = try await client.transport.stream(
                HTTPCall(url: client.url + path, silenceTimeout: .seconds(300)))
            guard stream.status == 200 else {
                let body = try await stream.body.collect(byteCountMax: 1 << 20)
                throw client.failure(stream.status, body, query: "")
            }
            for try await piece in stream.body { try output.write(piece) }
        } catch let error as HTTPTransportError {
            throw client.failure(error)
        }
        try output.finish()
    }

    /// Sends a file in parts, from where the server has it on.
    ///
    /// - Returns: Its path in the session.
    func upload(_ file: String, as path: String, isReplacing: Bool) async throws -> String {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CommandFailure("\(file): \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        var info = stat()
        guard fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFREG else {
            throw CommandFailure("\(file) is no file; what is uploaded has a size")
        }
        let byteCount = Int(info.st_size)
        let target = ServerClient.path(
            route + "/artifacts", [("path", path)] + (isReplacing ? [("replace", "true")] : []))
        let progress = ProgressLine()
        defer { progress.clear() }
        var offset = try await held(path, upTo: byteCount)
        var againCount = 0
        repeat {
            let part = try read(
                descriptor, at: offset, count: min(SessionFiles.partByteCount, byteCount - offset), file)
            var headers = [HTTPField("Content-Type", SessionFiles.mediaType)]
            if byteCount > 0 {
                headers.append(
                    HTTPField("Content-Range", "bytes \(offset)-\(offset + part.count - 1)/\(byteCount)"))
            }
            let reply = try await client.send(
                HTTPCall(
                    method: "POST", url: client.url + target, headers: headers, body: part,
                    silenceTimeout: .seconds(300)))
            if reply.status == 409, againCount < SessionFiles.againCountMax,
                JSONValue(reply.body)?["code"]?.text == "wrong_offset"
            {
                // The part came, and its answer did not.
                againCount += 1
                offset = try await held(path, upTo: byteCount)
                continue
            }
            guard (200..<300).contains(reply.status) else { throw client.failure(reply.status, reply.body, query: "") }
            offset += part.count
            progress.update(
                "upload", fraction: Double(offset) / Double(max(byteCount, 1)),
                detail: Humane.bytes(UInt64(offset)) + " of " + Humane.bytes(UInt64(byteCount)))
        } while offset < byteCount
        return path
    }

    /// How much of an upload that broke off the server has.
    private func held(_ path: String, upTo byteCount: Int) async throws -> Int {
        let call = HTTPCall(url: client.url + ServerClient.path(route + "/artifacts", [("path", path)]))
        let reply = try await client.send(call)
        guard reply.status == 200, let answer = JSONValue(reply.body), answer["complete"] == .boolean(false),
            let offset = answer["offset"]?.unsigned, offset < UInt64(byteCount)
        else { return 0 }
        return Int(offset)
    }

    private func read(_ descriptor: Int32, at offset: Int, count: Int, _ file: String) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var got = 0
        while got < count {
            let more = bytes[got...].withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress, $0.count, off_t(offset + got))
            }
            if more < 0, errno == EINTR { continue }
            guard more > 0 else { throw CommandFailure("\(file) became shorter while it was read") }
            got += more
        }
        return bytes
    }
}
