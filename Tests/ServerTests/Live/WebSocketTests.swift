import Testing

@testable import Server

/// The same stream over a WebSocket, as a client sees its bytes.
struct WebSocketTests {
    private static func request(_ target: String, _ more: String = "") -> String {
        "GET \(target) HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\(more)\r\n"
    }

    @Test func theAcceptIsTheStandards() {
        #expect(WebSocketConnection.accept("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    }

    @Test func rowsAreFramesOfText() async throws {
        let server = try await RunningServer()
        let connection = try RawConnection(port: server.port)
        await connection.send(WebSocketTests.request("/api/v1/logs/stream?query=hello"))
        let head = await connection.read(until: "\"cursor\":")
        #expect(head.hasPrefix("HTTP/1.1 101 Switching Protocols\r\n"))
        #expect(head.contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"))
        try await server.ingest(line("hello") + line("other"))
        let rows = await connection.read(until: "\"cursor\":")
        #expect(rows.contains(#""message":"hello""#) && !rows.contains("other"))
        // A ping comes back, and so does a close; then the server closes.
        await connection.send([0x89, 0x82, 0, 0, 0, 0, 0x68, 0x69])
        #expect(await connection.read(until: "hi").contains("hi"))
        await connection.send([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8])
        _ = await connection.readToEnd()
        try await server.await("logdb_live_streams", 0)
    }

    @Test func aRefusalIsAnAnswer() async throws {
        let place = try await GuardedServer()
        for (request, status) in [
            (WebSocketTests.request("/api/v1/logs/stream"), "401 Unauthorized"),
            (WebSocketTests.request("/api/v1/logs/stream", "Authorization: Bearer x\r\n"), "401 Unauthorized"),
        ] {
            let connection = try RawConnection(port: place.server.port)
            await connection.send(request)
            #expect(await connection.read(until: "}").hasPrefix("HTTP/1.1 \(status)"))
        }
        let server = try await RunningServer()
        let foreign = try RawConnection(port: server.port)
        await foreign.send(WebSocketTests.request("/api/v1/logs/stream", "Origin: https://evil.example\r\n"))
        #expect(await foreign.read(until: "}").contains("foreign_origin"))
    }

    @Test func bytesThatAreNoFramesEndTheConnection() async throws {
        let server = try await RunningServer()
        let connection = try RawConnection(port: server.port)
        await connection.send(WebSocketTests.request("/api/v1/logs/stream"))
        _ = await connection.read(until: "\"cursor\":")
        await connection.send([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])
        _ = await connection.readToEnd()
        try await server.await("logdb_live_streams", 0)
        #expect(try await server.get("/health").status == 200)
    }
}
