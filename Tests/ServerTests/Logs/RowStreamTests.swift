import HTTPTransport
import LogModel
import Testing

@testable import Server

/// Rows as a stream.
@Suite struct RowStreamTests {
    private let lines = ["Accept": "application/x-ndjson"]

    @Test func rowsAreLines() async throws {
        let server = try await RunningServer()
        try await server.store((0..<5_000).map { entry("message \($0)", at: Double($0) / 1_000) })
        let all = try await server.get("/api/v1/logs", "since:2025-01-03", ["order": "asc"], headers: lines)
        #expect(all["Content-Type"] == "application/x-ndjson")
        #expect(all.lines.map { $0["message"]?.text } == (0..<5_000).map { "message \($0)" })
        let some = try await server.get("/api/v1/logs", "since:2025-01-03", ["limit": "3"], headers: lines)
        #expect(some.lines.map { $0["message"]?.text } == ["message 4999", "message 4998", "message 4997"])
        let table = try await server.get("/api/v1/logs", "since:2025-01-03 | stats count()", headers: lines)
        #expect(table.lines == [.object(["count()": .number(5_000)])])
        #expect(try await server.get("/api/v1/logs", "level:X", headers: lines).status == 400)
    }

    @Test func trailersTellWhereThePageEnds() async throws {
        let server = try await RunningServer()
        try await server.store((0..<10).map { entry("m\($0)", at: Double($0)) })
        let connection = try RawConnection(port: server.port)
        await connection.send(
            "GET /api/v1/logs?query=since:2025-01-03&limit=4 HTTP/1.1\r\nHost: x\r\nAccept: application/x-ndjson\r\n"
                + "Connection: close\r\n\r\n")
        let answer = await connection.readToEnd()
        let cursor = answer.split(separator: "\r\n").first { $0.lowercased().hasPrefix("x-next-cursor: ") }
        let text = String(try #require(cursor).dropFirst(15))
        let rest = try await server.search("since:2025-01-03", ["cursor": text])
        #expect(rest.json["rows"]?.array.count == 6)
    }

    @Test(arguments: ["zstd", "gzip"])
    func streamsAreCompressedOnDemand(_ coding: String) async throws {
        let server = try await RunningServer()
        try await server.store((0..<5_000).map { entry("message \($0)", at: Double($0) / 1_000) })
        var headers = lines
        headers["Accept-Encoding"] = coding
        let answer = try await server.get("/api/v1/logs", "since:2025-01-03", headers: headers)
        #expect(answer["Content-Encoding"] == coding)
        // The transport has decompressed it.
        #expect(answer.lines.count == 5_000)
    }

    @Test func aClientThatLeavesStopsTheQuery() async throws {
        let server = try await RunningServer()
        for batch in 0..<10 {
            try await server.store((0..<5_000).map { entry("message \(batch) \($0)", at: Double($0)) })
        }
        do {
            let stream = try await server.transport.stream(
                HTTPCall(
                    url: server.url + "/api/v1/logs?query=since:2025-01-03",
                    headers: [HTTPField("Accept", "application/x-ndjson")]))
            #expect(stream.status == 200)
            var pieces = stream.body.makeAsyncIterator()
            #expect(try await pieces.next() != nil)
            #expect(try await server.metric("logdb_queries_running") == 1)
        }
        try await server.await("logdb_queries_running", 0)
    }

    /// The answer began before it was known that it does not fit.
    @Test func anAnswerThatCannotGoOnBreaksOffAndIsCounted() async throws {
        var limits = ServerLimits()
        limits.queryByteCountMax = 1 << 20
        let server = try await RunningServer(limits: limits)
        for batch in 0..<4 {
            try await server.store((0..<5_000).map { entry("message \(batch) \($0)", at: Double($0) / 1_000) })
        }
        let connection = try RawConnection(port: server.port)
        await connection.send(
            "GET /api/v1/logs/export?query=\(escaped("since:2025-01-03 | dedup message")) HTTP/1.1\r\nHost: x\r\n\r\n")
        let answer = await connection.readToEnd()
        #expect(answer.hasPrefix("HTTP/1.1 200"))
        #expect(answer.contains("message "))
        #expect(!answer.hasSuffix("0\r\n\r\n"))
        #expect(try await server.metric("logdb_http_answers_broken_off_total") == 1)
    }

    @Test func aClientThatDoesNotReadIsCutOff() async throws {
        var limits = ServerLimits()
        limits.stalledTime = .milliseconds(50)
        let server = try await RunningServer(limits: limits)
        // More than the buffers of both sides hold.
        let long = String(repeating: "x", count: 10_000)
        for batch in 0..<8 { try await server.store((0..<500).map { entry("\(long) \(batch) \($0)", at: Double($0)) }) }
        let connection = try RawConnection(port: server.port)
        await connection.send("GET /api/v1/logs/export HTTP/1.1\r\nHost: x\r\n\r\n")
        try await server.await("logdb_http_connections_stalled_total", 1)
        try await server.await("logdb_queries_running", 0)
        // What arrived does not end as a whole body does.
        #expect(await !connection.readToEnd().hasSuffix("0\r\n\r\n"))
    }
}
