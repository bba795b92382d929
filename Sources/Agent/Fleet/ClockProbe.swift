import HTTPTransport
import LogModel

/// Asks the server for its time, for an agent that sends no heartbeats, or has not yet.
struct ClockProbe: Sendable {
    private struct Answer: Decodable {
        var time: String
    }

    /// An answer that takes longer says little.
    private static let timeout = Duration.seconds(5)

    private let transport: HTTPTransport
    private let server: String

    init(_ transport: HTTPTransport, server: String) {
        self.transport = transport
        self.server = server
    }

    /// Returns when `clock` knows the time, or the server gave an answer without one.
    ///
    /// - Throws: What the transport throws: the server is not reached.
    func ask(for clock: ServerClock) async throws(HTTPTransportError) {
        let sent = Uptime.now()
        let reply = try await transport.send(
            HTTPCall(method: "GET", url: server + "/health", timeout: ClockProbe.timeout, replyByteCountMax: 64 << 10))
        guard reply.status == 200, let answer: Answer = JSONText.decode(reply.body),
            let time = Timestamp(rfc3339: answer.time)
        else { return await clock.hasNoTime() }
        await clock.add(sent: sent, server: time.microseconds, roundTrip: Uptime.now() - sent)
    }
}
