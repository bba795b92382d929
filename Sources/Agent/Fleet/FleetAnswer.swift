import HTTPTransport
import LogModel

/// What became of a request to the fleet's routes.
enum FleetAnswer<Body: Sendable>: Sendable {
    case done(Body)
    /// The server, or the network, may do it later.
    case later(reason: String, after: Duration?)
    /// The server will not do it, however often it is asked.
    case refused(status: Int, code: String, detail: String)
}

/// An answer's body that is read member by member.
struct JSONDocument: Sendable {
    var value: JSONValue
}

/// What can be read from an answer's body.
protocol FleetBody: Sendable {
    init?(body: [UInt8])
}

extension FleetBody where Self: Decodable {
    init?(body: [UInt8]) {
        guard let value: Self = JSONText.decode(body) else { return nil }
        self = value
    }
}

extension JSONDocument: FleetBody {
    init?(body: [UInt8]) {
        guard let value = JSONValue(body) else { return nil }
        self.init(value: value)
    }
}

/// A problem document (RFC 9457), as much of it as a device needs.
private struct Problem: Decodable {
    var code: String?
    var detail: String?
    var title: String?
}

extension FleetAnswer where Body: FleetBody {
    /// Sorts a whole answer by its status.
    init(_ reply: HTTPReply) {
        if (200..<300).contains(reply.status) {
            guard let body = Body(body: reply.body) else {
                // A captive portal says 200 to anything.
                self = .later(reason: "status \(reply.status), but not the answer of a LogDB server", after: nil)
                return
            }
            self = .done(body)
            return
        }
        let problem: Problem? = JSONText.decode(reply.body)
        let detail = problem?.detail ?? problem?.title ?? String(decoding: reply.body.prefix(200), as: UTF8.self)
        switch reply.status {
        case 408, 429, 500...:
            let seconds = reply.head["Retry-After"].flatMap { Int64($0) }.flatMap { $0 >= 0 ? $0 : nil }
            self = .later(reason: "status \(reply.status): \(detail)", after: seconds.map { .seconds($0) })
        default:
            self = .refused(status: reply.status, code: problem?.code ?? "", detail: detail)
        }
    }
}

extension HTTPTransport {
    /// Sends a JSON document to a route of the fleet, or asks it.
    func fleet<Body: FleetBody>(
        _ method: String, _ url: String, _ document: [UInt8]? = nil, timeout: Duration = .seconds(30)
    ) async -> FleetAnswer<Body> {
        var headers = [HTTPField("Accept", "application/json")]
        if document != nil { headers.append(HTTPField("Content-Type", "application/json")) }
        do throws(HTTPTransportError) {
            return FleetAnswer(
                try await send(
                    HTTPCall(
                        method: method, url: url, headers: headers, body: document ?? [], timeout: timeout,
                        replyByteCountMax: 8 << 20)))
        } catch {
            if error.code == .invalidCall { return .refused(status: 0, code: "invalid_call", detail: error.message) }
            return .later(reason: "\(error)", after: nil)
        }
    }
}
