import Foundation
import HTTPTransport

/// Sends requests in JSON to a server that wants no credential.
struct FleetClient: Sendable {
    struct Reply: Sendable {
        var status: Int
        var body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }
        var object: [String: Any] { (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any] ?? [:] }
    }

    let url: String
    private let transport = HTTPTransport()

    init(_ url: String) { self.url = url }

    /// - Throws: Where there is no answer.
    func send(
        _ method: String, _ path: String, _ json: String? = nil, headers: [String: String] = [:]
    ) async throws(HTTPTransportError) -> Reply {
        var fields = headers.map { HTTPField($0.key, $0.value) } + [HTTPField("Accept", "application/json")]
        if json != nil { fields.append(HTTPField("Content-Type", "application/json")) }
        let reply = try await transport.send(
            HTTPCall(
                method: method, url: "\(url)/api/v1\(path)", headers: fields, body: Array((json ?? "").utf8),
                timeout: .seconds(300)))
        return Reply(status: reply.status, body: reply.body)
    }
}
