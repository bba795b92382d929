import HTTPTransport
import LogModel

/// Speaks with a server's HTTP API.
struct ServerClient: Sendable {
    /// The base URL, without a slash at the end.
    let url: String
    let transport: HTTPTransport

    /// - Parameters:
    ///   - text: A base URL; without a scheme, `http://` is meant.
    ///   - concurrency: Calls at a time; there are some more than that, and others wait.
    init(_ text: String, access: ServerAccess = .environment, concurrency: Int = 1) throws(CommandFailure) {
        var url = text.contains("://") ? text : "http://" + text
        while url.hasSuffix("/") { url.removeLast() }
        guard ["http://", "https://"].contains(where: { url.hasPrefix($0) && url.count > $0.count }) else {
            throw CommandFailure("“\(text)” is no server's URL; one looks like http://127.0.0.1:8080")
        }
        self.url = url
        var settings = HTTPTransport.Settings()
        settings.workerCountMax = max(settings.workerCountMax, concurrency)
        settings.userAgent = "logdb/\(ProductVersion.text)"
        settings.headers = access.headers
        settings.tls.authoritiesFile = access.authoritiesFile
        transport = HTTPTransport(settings: settings)
    }

    /// Sends a request and reads the JSON of its answer.
    ///
    /// - Parameter query: The text of the query in the request, for what the server says of it.
    func json(
        _ method: String, _ path: String, body: [UInt8] = [], query: String = ""
    ) async throws -> JSONValue {
        let call = HTTPCall(
            method: method, url: url + path, headers: headers(hasBody: !body.isEmpty), body: body,
            silenceTimeout: .seconds(300), replyByteCountMax: 1 << 30)
        let reply = try await send(call)
        guard (200..<300).contains(reply.status) else { throw failure(reply.status, reply.body, query: query) }
        guard let value = JSONValue(reply.body) else {
            throw CommandFailure("\(url) answered something that is no JSON; is it a LogDB server?")
        }
        return value
    }

    private func headers(hasBody: Bool) -> [HTTPField] {
        let accept = [HTTPField("Accept", "application/json")]
        return hasBody ? accept + [HTTPField("Content-Type", "application/json")] : accept
    }

    func send(_ call: HTTPCall) async throws(CommandFailure) -> HTTPReply {
        do throws(HTTPTransportError) {
            return try await transport.send(call)
        } catch {
            throw failure(error)
        }
    }

    func failure(_ error: HTTPTransportError) -> CommandFailure {
        switch error.code {
        case .connect, .resolve:
            CommandFailure(
                "cannot reach \(url) (\(error.message)); is the server running, and is that its address?",
                kind: .unreachable)
        case .interrupted:
            CommandFailure(
                "\(url) ended the connection before the end of its answer (\(error.message)); its log says why if it could "
                    + "not go on", kind: .unreachable)
        case .timeout: CommandFailure("\(url) does not answer (\(error.message))", kind: .unreachable)
        case .tls:
            CommandFailure("\(url): \(error.message); does the server speak TLS? http:// is for one that does not")
        default: CommandFailure("\(url): \(error.message)")
        }
    }

    /// What a refusal (RFC 9457) says.
    func failure(_ status: Int, _ body: [UInt8], query: String) -> any Error {
        guard let problem = JSONValue(body), case .object = problem else {
            let text = String(decoding: body.prefix(200), as: UTF8.self)
            return CommandFailure(
                "\(url) answered \(status): \(PlainText.escaped(text)); is it a LogDB server?")
        }
        let notes = (problem["errors"]?.elements ?? []).compactMap { QueryNote($0) }
        if status == 400, !query.isEmpty, notes.contains(where: { $0.offset != nil }) {
            return QueryRefusal(text: query, notes: notes)
        }
        if status == 401 {
            let said = problem["detail"]?.text ?? "it wants a credential"
            return CommandFailure(
                "\(url) does not let this command in: \(PlainText.escaped(said)) Give --api-key, or set LOGDB_API_KEY "
                    + "or LOGDB_TOKEN.")
        }
        let said = (problem["detail"] ?? problem["title"])?.text ?? "no reason given"
        let more = notes.first.map { $0.message == said ? "" : ": " + $0.message } ?? ""
        // A server that stops or starts says so, or whoever stands before it does.
        return CommandFailure(
            "the server refused (\(status)): \(PlainText.escaped(said + more))",
            kind: (502...504).contains(status) ? .unreachable : .other)
    }

    /// `path?name=value&…`, percent-encoded.
    static func path(_ path: String, _ parameters: [(name: String, value: String)]) -> String {
        path + "?" + parameters.map { $0.name + "=" + encoded($0.value) }.joined(separator: "&")
    }

    static func encoded(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += byte < 16 ? "%0" + digits : "%" + digits
            }
        }
        return result
    }
}
