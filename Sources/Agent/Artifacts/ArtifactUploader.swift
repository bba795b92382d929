import Glibc
public import HTTPTransport

/// Uploads files into sessions of the device, in parts, and goes on where an earlier upload of the same file stopped.
public struct ArtifactUploader: Sendable {
    private let server: String
    private let transport: HTTPTransport
    private let backoff: UploadBackoff

    /// - Parameter server: The base URL, without a slash at its end.
    public init(server: String, transport: HTTPTransport, backoff: UploadBackoff = .standard) {
        self.server = server
        self.transport = transport
        self.backoff = backoff
    }

    private struct Progress: Decodable, FleetBody {
        var offset: UInt64
        var complete: Bool
        var sha256: String?
    }

    /// Uploads a file as it is now: what is appended meanwhile is not part of it. A file of that name whose content is
    /// another is replaced.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - name: Its path in the session, such as `logs-of/nav.log`.
    ///   - session: The device's name for the session, which is made where it is not there.
    /// - Returns: How many bytes it has.
    /// - Throws: `AgentError` `.io`, `.refused`, `.unreachable`.
    public func upload(_ path: String, as name: String, session: String) async throws(AgentError) -> UInt64 {
        let content = try await Content.open(path)
        try await DeviceSessions(server: server, transport: transport).begin(session)
        let url = "\(server)/api/v1/sessions/\(PathText.encode(session))/artifacts?path=\(PathText.encode(name))"
        var machine = ArtifactMachine(
            byteCount: content.byteCount, hash: content.hash, backoff: backoff, seed: .random(in: 0 ... .max))
        var action = machine.handle(.begin)
        while true {
            switch action {
            case .look: action = machine.handle(event(await transport.fleet("GET", url)))
            case .send(let part):
                let bytes = try await content.read(part)
                action = machine.handle(await send(bytes, part, of: content, to: url))
            case .wait(let delay):
                do { try await Task.sleep(for: delay) } catch { throw AgentError(.stopping, "the agent stops") }
                action = machine.handle(.tick)
            case .finish: return content.byteCount
            case .fail(let reason): throw AgentError(.refused, "\(path): \(reason)")
            }
        }
    }

    private func send(
        _ bytes: [UInt8], _ part: Range<UInt64>, of content: Content, to url: String
    ) async -> ArtifactMachine.Event {
        var headers = [HTTPField("Accept", "application/json"), HTTPField("Content-Type", "application/octet-stream")]
        if part.count < content.byteCount {
            headers.append(
                HTTPField(
                    "Content-Range", "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(content.byteCount)"))
        }
        let call = HTTPCall(
            method: "POST", url: "\(url)&replace=true&sha256=\(content.hash)", headers: headers, body: bytes)
        do throws(HTTPTransportError) {
            return event(FleetAnswer<Progress>(try await transport.send(call)))
        } catch {
            return .later(reason: "\(error)", after: nil)
        }
    }

    private func event(_ answer: FleetAnswer<Progress>) -> ArtifactMachine.Event {
        switch answer {
        case .done(let body):
            return .progress(offset: body.offset, completeHash: body.complete ? body.sha256 ?? "" : nil)
        case .later(let reason, let after): return .later(reason: reason, after: after)
        case .refused(404, "unknown_file", _): return .nothing
        case .refused(let status, let code, let detail): return .refused(status: status, code: code, detail: detail)
        }
    }

    /// The file's content at one moment.
    private final class Content: Sendable {
        let byteCount: UInt64
        let hash: String
        private let file: Files.Descriptor
        private let path: String

        private init(_ file: consuming Files.Descriptor, path: String, byteCount: UInt64, hash: String) {
            self.file = file
            self.path = path
            self.byteCount = byteCount
            self.hash = hash
        }

        static func open(_ path: String) async throws(AgentError) -> Content {
            try await BlockingCall.run { () throws(AgentError) in
                let file = try Files.openFile(path, O_RDONLY | O_NONBLOCK, doing: "read")
                var status = stat()
                guard fstat(file.number, &status) == 0 else { throw Files.failure("look at", path) }
                guard status.st_mode & S_IFMT == S_IFREG else {
                    throw AgentError(.invalidArgument, "\(path) is not a regular file")
                }
                let byteCount = UInt64(status.st_size)
                let hash = try FileDigest.sha256(of: file.number, byteCount: byteCount, path: path)
                return Content(file, path: path, byteCount: byteCount, hash: hash)
            }
        }

        func read(_ range: Range<UInt64>) async throws(AgentError) -> [UInt8] {
            try await BlockingCall.run { [self] () throws(AgentError) in
                var bytes: [UInt8] = []
                while bytes.count < range.count {
                    let count = try Files.readPiece(
                        file.number, at: Int64(range.lowerBound) + Int64(bytes.count),
                        byteCount: range.count - bytes.count, into: &bytes, path: path)
                    guard count > 0 else { throw AgentError(.io, "\(path) became shorter while it was uploaded") }
                }
                return bytes
            }
        }
    }
}
