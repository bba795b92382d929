import HTTPTypes
import Hummingbird
import HummingbirdCore
import LogDB
import Logging
import NIOCore

/// One request and what its route needs to answer it.
struct Exchange: Sendable {
    let request: Request
    let body: IncomingBody
    let channel: any Channel
    let services: Services
    /// The values of the path's variable segments.
    let pathValues: [String]
    /// Who asks; nil on a route that is open, of somebody without a credential.
    let principal: Principal?

    var store: LogStore { services.store }
    var limits: ServerLimits { services.limits }

    /// Of the other side of the connection; empty where it has none.
    var address: String { channel.remoteAddress?.ipAddress ?? "" }

    /// The devices that are the principal's to see.
    var scope: DeviceScope { services.fleet.directory.scope(of: principal) }

    /// What is seen by `scope` stays the same while this does.
    var scopeVersion: UInt64 {
        let account = principal?.accountID ?? 0
        return services.fleet.directory.read { $0.scopeVersion(of: account) }
    }

    /// Whether the connection is encrypted.
    var isSecure: Bool { services.isSecure }

    /// As whom a change is written down.
    var author: Identities.Author {
        Identities.Author(actor: principal?.auditName ?? "nobody", address: address)
    }

    /// The parameters of the query string.
    func parameters() throws(Problem) -> Parameters {
        var parameters = try Parameters(queryString: Exchange.split(request.head.path ?? "").query)
        parameters.scope = scope
        return parameters
    }

    /// For a route that takes no parameters.
    func checkNoParameters() throws(Problem) { try parameters().checkAllTaken() }

    /// The path and the query string of a request's target.
    static func split(_ target: String) -> (path: Substring, query: Substring) {
        guard let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) else { return (target[...], "") }
        return (target[..<mark], target[target.index(after: mark)...])
    }

    /// Runs a query's work, which ends with the client's leaving.
    func whileClientStays<R>(_ work: () async throws -> R) async throws -> R {
        try await services.connections.whileClientStays(channel, work)
    }

    // MARK: Answers

    func json(
        _ bytes: [UInt8], status: HTTPResponse.Status = .ok, mediaType: String = "application/json"
    ) -> Response {
        bytesAnswer(bytes, status: status, mediaType: mediaType)
    }

    func json(status: HTTPResponse.Status = .ok, _ write: (inout JSONOutput) -> Void) -> Response {
        var output = JSONOutput()
        write(&output)
        return bytesAnswer(output.bytes, status: status, mediaType: "application/json")
    }

    /// A whole body, compressed when the client takes that and it is long enough.
    func bytesAnswer(
        _ bytes: [UInt8], status: HTTPResponse.Status = .ok, mediaType: String, headers: HTTPFields = [:]
    ) -> Response {
        var headers = headers
        headers[.contentType] = mediaType
        var bytes = bytes
        if bytes.count >= ResponseCoding.byteCountMin {
            headers[.vary] = "Accept-Encoding"
            let coding = ContentCoding(acceptEncoding: request.headers[.acceptEncoding])
            if coding != .identity {
                bytes = compressed(bytes, coding)
                headers[.contentEncoding] = coding.rawValue
            }
        }
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    private func compressed(_ bytes: [UInt8], _ coding: ContentCoding) -> [UInt8] {
        var output: [UInt8] = []
        if coding == .zstd {
            services.codecs.compress(bytes, level: ResponseCoding.zstdLevel, into: &output)
        } else {
            Gzip.Compressor(level: ResponseCoding.gzipLevel).compress(bytes, isLast: true, into: &output)
        }
        return output
    }

    /// A body that `write` produces as it goes. When `write` throws, the connection is closed before the body's end, so
    /// that the client knows that something is missing.
    ///
    /// - Parameter isCompressed: Whether it may be, where the client takes that.
    func streamAnswer(
        mediaType: String, headers: HTTPFields = [:], isCompressed: Bool = true,
        _ write: @escaping @Sendable (consuming BodySink) async throws -> Void
    ) -> Response {
        var headers = headers
        headers[.contentType] = mediaType
        if isCompressed { headers[.vary] = "Accept-Encoding" }
        let coding = isCompressed ? ContentCoding(acceptEncoding: request.headers[.acceptEncoding]) : .identity
        if coding != .identity { headers[.contentEncoding] = coding.rawValue }
        let exchange = self
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { writer in
                let sink = BodySink(writer, coding: coding, codecs: exchange.services.codecs)
                try await exchange.unbroken { try await write(sink) }
            })
    }

    /// Writes a body while its client stays, and notes when it does not come to its end.
    func unbroken(_ write: () async throws -> Void) async throws {
        do {
            try await whileClientStays(write)
        } catch {
            didBreakOff(error)
            throw error
        }
    }

    /// An answer ends before its end. Its status was sent before that was known, so that the log alone can tell why.
    private func didBreakOff(_ error: any Error) {
        let isClientGone = (error as? LogError)?.code == .cancelled
        guard !isClientGone, let problem = Problem(error) else {
            services.logger.debug("a client left before the end of its answer: \(error)")
            return
        }
        services.counters.didBreakOff()
        let path = Exchange.split(request.head.path ?? "").path
        services.logger.warning(
            "an answer broke off: \(problem.code): \(problem.detail)",
            metadata: ["path": "\(path)", "client": "\(principal?.auditName ?? address)"])
    }
}
