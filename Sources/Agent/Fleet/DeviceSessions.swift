import HTTPTransport

/// Tells the server of the device's sessions.
struct DeviceSessions: Sendable {
    /// The base URL, without a slash at its end.
    let server: String
    let transport: HTTPTransport

    private struct Start: Encodable { var session_id: String }
    private struct Change: Encodable { var status: String }
    private struct Ignored: Decodable, FleetBody {}

    /// Makes the session at the server; one that is there goes on.
    ///
    /// - Throws: `AgentError` `.unreachable` or `.refused`.
    func begin(_ name: String) async throws(AgentError) {
        let answer: FleetAnswer<Ignored> = await transport.fleet(
            "POST", "\(server)/api/v1/sessions", JSONText.encode(Start(session_id: name)))
        try DeviceSessions.check(answer, "the session \(name) cannot be made")
    }

    /// Says that the session is over. What was logged in it and is still on its way counts to it.
    ///
    /// - Throws: `AgentError` `.unreachable` or `.refused`.
    func complete(_ name: String) async throws(AgentError) {
        let answer: FleetAnswer<Ignored> = await transport.fleet(
            "PUT", "\(server)/api/v1/sessions/\(PathText.encode(name))",
            JSONText.encode(Change(status: "completed")))
        try DeviceSessions.check(answer, "the session \(name) cannot be completed")
    }

    private static func check(_ answer: FleetAnswer<Ignored>, _ failure: String) throws(AgentError) {
        switch answer {
        case .done: return
        case .later(let reason, _): throw AgentError(.unreachable, "\(failure): \(reason)")
        case .refused(let status, let code, let detail):
            throw AgentError(.refused, "\(failure): status \(status), \(code): \(detail)")
        }
    }
}
