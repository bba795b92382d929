import HTTPTypes
import HummingbirdCore
import LogDB
import NIOCore
import NIOWebSocket
import Synchronization

/// A live stream over a WebSocket (RFC 6455): a text message for each frame.
struct WebSocketStream: LiveSession.Carrier {
    private let socket: WebSocketConnection

    mutating func send(_ frame: [UInt8], cursor: LivePosition?) async throws {
        try await socket.send(.text, ByteBuffer(bytes: frame))
    }

    mutating func ping() async throws { try await socket.send(.ping, ByteBuffer()) }

    static func answer(_ exchange: Exchange, _ session: LiveSession) async throws -> Response {
        let headers = exchange.request.headers
        guard headers[.webSocketVersion] == "13" else {
            throw Problem(400, "invalid_upgrade", "The server speaks version 13 of the WebSocket protocol.")
        }
        guard let key = headers[.webSocketKey], !key.isEmpty else {
            throw Problem(400, "invalid_upgrade", "Sec-WebSocket-Key is missing.")
        }
        let gate = exchange.services.streams
        try gate.enter(exchange.limits.openStreamCountMax)
        defer { gate.leave() }
        let socket = try await WebSocketConnection.open(exchange.channel, key: key)
        do {
            try await exchange.whileClientStays {
                var carrier = WebSocketStream(socket: socket)
                try await session.run(&carrier)
            }
            await socket.close(exchange.services.isDraining.load(ordering: .relaxed) ? .goingAway : .policyViolation)
        } catch let error where Problem(error) != nil {
            // The answer has begun, so that the reason goes out as a frame.
            if let problem = Problem(error) {
                try? await socket.send(.text, ByteBuffer(bytes: LiveFrame.error(problem.code, problem.detail)))
            }
            await socket.close(.unexpectedServerError)
        } catch {
            await socket.close(.goingAway)
        }
        // The connection is closed: nobody gets to see this.
        return Response(status: .switchingProtocols)
    }
}
