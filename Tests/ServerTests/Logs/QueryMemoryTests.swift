import LogModel
import Testing

@testable import Server

/// What queries hold together, however slowly their clients read.
@Suite struct QueryMemoryTests {
    private static let half = 64 << 20

    /// A store of more than the buffers of a connection hold.
    private func server() async throws -> RunningServer {
        var limits = ServerLimits()
        limits.queryByteCountMax = Self.half
        limits.queriesByteCountMax = 2 * Self.half
        limits.inFlightWait = .milliseconds(20)
        let server = try await RunningServer(limits: limits)
        let long = String(repeating: "x", count: 40_000)
        for batch in 0..<2 { try await server.store((0..<500).map { entry("\(batch) \($0) \(long)", at: Double($0)) }) }
        return server
    }

    private func unread(_ query: String, of server: RunningServer) async throws -> RawConnection {
        let connection = try RawConnection(port: server.port)
        await connection.send("GET /api/v1/logs/export?query=\(escaped(query)) HTTP/1.1\r\nHost: x\r\n\r\n")
        return connection
    }

    @Test func sortedAnswersThatNobodyReadsLeaveRoomForOthers() async throws {
        let server = try await server()
        do {
            let reader = try await unread("| sort time", of: server)
            try await server.await("logdb_query_memory_bytes", Double(Self.half))
            let second = try await server.search("since:2025-01-03 | sort time")
            #expect(second.status == 429)
            #expect(second.problem == "overloaded")
            #expect(second["Retry-After"] == "1")
            // What needs no memory to sort in goes on.
            #expect(try await server.search("since:2025-01-03", ["limit": "1"]).json["rows"]?.array.count == 1)
            #expect(try await server.search("since:2025-01-03 | stats count()").status == 200)
            withExtendedLifetime(reader) {}
        }
        try await server.await("logdb_query_memory_bytes", 0)
        #expect(try await server.search("since:2025-01-03 | sort time", ["limit": "1"]).status == 200)
    }

    @Test func streamsShareWhatThereIs() async throws {
        let server = try await server()
        do {
            var readers: [RawConnection] = []
            for _ in 0..<12 { readers.append(try await unread("", of: server)) }
            try await server.await("logdb_queries_running", 12)
            // Each has a part of what was left, the first no more than an eighth of all.
            let held = try #require(try await server.metric("logdb_query_memory_bytes"))
            #expect(held > 12 * 2 * 1_048_576 - 1)
            #expect(held < Double(Self.half))
            #expect(try await server.search("since:2025-01-03", ["limit": "1"]).status == 200)
            withExtendedLifetime(readers) {}
        }
        try await server.await("logdb_query_memory_bytes", 0)
    }

    @Test func whatIsMoreThanThereIsIsRefusedAndGivenBack() async throws {
        var limits = ServerLimits()
        limits.queryByteCountMax = 1 << 20
        let server = try await RunningServer(limits: limits)
        let long = String(repeating: "x", count: 10_000)
        try await server.store((0..<500).map { entry("\($0) \(long)", at: Double($0)) })
        let answer = try await server.get("/api/v1/logs/export", "| sort message")
        #expect(answer.status == 422)
        #expect(answer.problem == "memory_budget")
        #expect(try await server.metric("logdb_query_memory_bytes") == 0)
    }
}
