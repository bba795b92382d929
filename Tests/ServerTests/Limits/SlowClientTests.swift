import Testing

@testable import Server

/// Clients that open connections and finish no request hold nobody up, and are cut off.
struct SlowClientTests {
    @Test func headsThatDoNotEndAreGivenUp() async throws {
        var limits = ServerLimits()
        limits.idleTime = .seconds(1)
        let server = try await RunningServer(limits: limits)
        var slow: [RawConnection] = []
        for _ in 0..<150 {
            let connection = try RawConnection(port: server.port)
            await connection.send("POST /api/v1/logs/ingest HTTP/1.1\r\nHost: x\r\nX-Slow: ")
            slow.append(connection)
        }
        // Each goes on with a byte now and then, which keeps none of them alive.
        for connection in slow { await connection.send("x") }
        #expect(try await server.ingest(line("healthy")).status == 200)
        #expect(try await server.messages() == ["healthy"])
        for connection in slow { #expect(await connection.readToEnd() == "") }
        #expect(try await server.get("/health").status == 200)
    }

    @Test func moreAndLongerFieldsThanThereMayBeAreRefused() async throws {
        let server = try await RunningServer()
        let many = (0..<200).map { "X-\($0): y\r\n" }.joined()
        let long = "X: " + String(repeating: "x", count: 200_000) + "\r\n"
        for fields in [many, long] {
            let connection = try RawConnection(port: server.port)
            await connection.send("GET /health HTTP/1.1\r\nHost: x\r\n\(fields)\r\n")
            let answer = await connection.readToEnd()
            #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(answer.prefix(80))")
        }
        #expect(try await server.get("/health").status == 200)
    }
}
