import LogModel
import Testing

@testable import Server

/// Bodies that are too large, too slow, cut short, or too many.
@Suite struct IngestLimitTests {
    private static let small: ServerLimits = {
        var limits = ServerLimits()
        limits.bodyByteCountMax = 100_000
        limits.inFlightByteCountMax = 100_000
        return limits
    }()

    private static let head = "POST /api/v1/logs/ingest HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n"

    @Test(arguments: ["zstd", "gzip", "identity"])
    func bodiesAreCappedDecompressed(_ coding: String) async throws {
        let server = try await RunningServer(limits: Self.small)
        let body = [UInt8](repeating: UInt8(ascii: "\n"), count: 100_001)
        let answer = try await server.ingest(compressed(body, coding), headers: ["Content-Encoding": coding])
        #expect(answer.status == 413)
        #expect(answer.problem == "body_too_large")
        #expect(answer.json["retryable"]?.flag == false)
        let whole = try await server.ingest(
            compressed(Array(body.dropLast()), coding), headers: ["Content-Encoding": coding])
        #expect(whole.status == 200)
    }

    @Test func bombsAreCheap() async throws {
        var limits = Self.small
        limits.inFlightWait = .seconds(600)
        let server = try await RunningServer(limits: limits)
        let bomb = compressed([UInt8](repeating: UInt8(ascii: " "), count: 64 << 20), "zstd")
        #expect(bomb.count < 100_000)
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try await server.ingest(bomb, headers: ["Content-Encoding": "zstd"]).status
                }
            }
            return try await group.reduce(into: [Int]()) { $0.append($1) }
        }
        #expect(statuses == Array(repeating: 413, count: 8))
        try await server.await("logdb_ingest_in_flight_bytes", 0)
    }

    @Test func framesAreCappedByWhatTheyHold() async throws {
        let server = try await RunningServer(limits: Self.small)
        var compressor = ZstdCompressor()
        let batch = Batch([entry(String(repeating: "x", count: 200_000))])
        let frame = BatchFrame.encode(batch, level: 1, using: &compressor)
        let answer = try await server.ingest(frame, type: BatchFrame.mediaType)
        #expect(answer.status == 413)
        #expect(answer.problem == "body_too_large")
    }

    @Test func anAnnouncedSizeIsRefusedBeforeTheBody() async throws {
        let server = try await RunningServer(limits: Self.small)
        let connection = try RawConnection(port: server.port)
        await connection.send(Self.head + "Content-Length: 1000000\r\n\r\n")
        let answer = await connection.read(until: "request_id")
        #expect(answer.hasPrefix("HTTP/1.1 413"))
        #expect(answer.lowercased().contains("connection: close"))
        #expect(answer.contains("body_too_large"))
        // The client may send what it announced, and then the connection ends.
        #expect(await connection.send([UInt8](repeating: 0x0a, count: 1_000_000)) == 1_000_000)
        #expect(await !connection.readToEnd().contains("HTTP/1.1"))
    }

    @Test func aStreamedBodyIsRefusedWhenItPassesTheCap() async throws {
        let server = try await RunningServer(limits: Self.small)
        let connection = try RawConnection(port: server.port)
        await connection.send(Self.head + "Transfer-Encoding: chunked\r\n\r\n")
        let text = line("kept by nobody")
        for _ in 0..<2_000 { await connection.send("\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n") }
        await connection.send("0\r\n\r\n")
        let answer = await connection.readToEnd()
        #expect(answer.hasPrefix("HTTP/1.1 413"))
        #expect(try await server.messages() == [])
    }

    @Test func drainingEndsAfterItsBytes() async throws {
        var limits = Self.small
        limits.drainByteCountMax = 300_000
        limits.drainTime = .seconds(60)
        let server = try await RunningServer(limits: limits)
        let connection = try RawConnection(port: server.port)
        await connection.send(Self.head + "Content-Length: 1000000000\r\n\r\n")
        var sent = 0
        // Ends since the server closes: a billion bytes are never sent.
        while sent < 1_000_000_000 {
            let count = await connection.send([UInt8](repeating: 0x0a, count: 1 << 20))
            sent += count
            if count < 1 << 20 { break }
        }
        #expect(sent < 100_000_000)
    }

    @Test func drainingEndsAfterItsTime() async throws {
        var limits = Self.small
        limits.drainTime = .milliseconds(50)
        let server = try await RunningServer(limits: limits)
        let connection = try RawConnection(port: server.port)
        await connection.send(Self.head + "Content-Length: 1000000\r\n\r\n")
        // Nothing more is sent, and still this returns.
        #expect(await connection.readToEnd().hasPrefix("HTTP/1.1 413"))
    }

    @Test func aBodyThatIsCutShortStoresNothing() async throws {
        let server = try await RunningServer()
        let text = line("whole") + line("also whole")
        let length = try RawConnection(port: server.port)
        await length.send(Self.head + "Content-Length: \(text.utf8.count + 1)\r\n\r\n\(text)")
        length.finishSending()
        #expect(await !length.readToEnd().contains("200 OK"))
        let chunked = try RawConnection(port: server.port)
        await chunked.send(
            Self.head + "Transfer-Encoding: chunked\r\n\r\n\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n")
        chunked.finishSending()
        #expect(await !chunked.readToEnd().contains("200 OK"))
        #expect(try await server.messages() == [])
        #expect(try await server.metric("logdb_batches_committed_total") == 0)
    }

    @Test func aStreamedBodyIsStoredWhenItIsWhole() async throws {
        let server = try await RunningServer()
        let connection = try RawConnection(port: server.port)
        await connection.send(Self.head + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n")
        // Cut within the lines.
        let text = Array((line("one") + line("two")).utf8)
        for start in stride(from: 0, to: text.count, by: 7) {
            let piece = text[start..<min(start + 7, text.count)]
            await connection.send(Array("\(String(piece.count, radix: 16))\r\n".utf8) + piece + Array("\r\n".utf8))
        }
        await connection.send("0\r\n\r\n")
        #expect(await connection.readToEnd().contains(#""accepted":2"#))
        #expect(try await server.messages().count == 2)
    }

    @Test func aClientThatWaitsForLeaveGetsIt() async throws {
        let server = try await RunningServer()
        let connection = try RawConnection(port: server.port)
        let text = line("patient")
        await connection.send(
            Self.head + "Expect: 100-continue\r\nConnection: close\r\nContent-Length: \(text.utf8.count)\r\n\r\n")
        #expect(await connection.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 100 Continue"))
        await connection.send(text)
        #expect(await connection.readToEnd().contains("200 OK"))
    }

    /// Whatever its head says is wrong is told at once, and nobody is invited to send.
    @Test(arguments: [
        ("Content-Length: 1000000\r\n", 413), ("Content-Type: text/plain\r\nContent-Length: 10\r\n", 415),
        ("X-Batch-Seq: 1\r\nContent-Length: 10\r\n", 400),
    ])
    func aClientThatWaitsForLeaveIsRefusedWithoutIt(_ fields: String, _ status: Int) async throws {
        let server = try await RunningServer(limits: Self.small)
        let connection = try RawConnection(port: server.port)
        let type = fields.contains("Content-Type") ? "" : "Content-Type: application/x-ndjson\r\n"
        await connection.send(
            "POST /api/v1/logs/ingest HTTP/1.1\r\nHost: x\r\nExpect: 100-Continue\r\n\(type)\(fields)\r\n")
        let answer = await connection.readToEnd()
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer)")
        #expect(!answer.contains("100 Continue"))
    }

    @Test func aClientThatMayNotIsNotInvited() async throws {
        let place = try await GuardedServer()
        let viewer = try await place.user(.viewer)
        for (credential, status) in [("", 401), ("Authorization: Bearer \(viewer.bearer)\r\n", 403)] {
            let connection = try RawConnection(port: place.server.port)
            await connection.send(
                Self.head + "Expect: 100-continue\r\n\(credential)Content-Length: 10\r\n\r\n")
            let answer = await connection.readToEnd()
            #expect(answer.hasPrefix("HTTP/1.1 \(status) ") && !answer.contains("100 Continue"), "\(answer)")
        }
    }

    @Test func bodiesWaitForMemoryAndAreRefusedWithoutIt() async throws {
        var limits = Self.small
        limits.inFlightWait = .milliseconds(20)
        let server = try await RunningServer(limits: limits)
        let holder = try RawConnection(port: server.port)
        // A body that takes all memory, and does not come.
        await holder.send(Self.head + "Content-Length: 100000\r\n\r\n")
        try await server.await("logdb_ingest_in_flight_bytes", 100_000)
        let answer = try await server.ingest(line("x"))
        #expect(answer.status == 429)
        #expect(answer.problem == "overloaded")
        #expect(answer["Retry-After"] == "1")
        #expect(answer.json["retryable"]?.flag == true)
        await holder.send([UInt8](repeating: UInt8(ascii: "\n"), count: 100_000))
        #expect(await holder.read(until: "}").contains(#""accepted":0"#))
        #expect(try await server.ingest(line("x")).status == 200)
    }

    @Test func aSlowBodyIsGivenUp() async throws {
        var limits = ServerLimits()
        limits.slowBodyTime = .milliseconds(1)
        limits.slowBodyByteRate = .max
        limits.drainTime = .milliseconds(1)
        let server = try await RunningServer(limits: limits)
        let connection = try RawConnection(port: server.port)
        await connection.send(Self.head + "Transfer-Encoding: chunked\r\n\r\n")
        var sent = 0
        while sent < 100_000_000 {
            let count = await connection.send("a\r\n{\"device\":\r\n")
            if count == 0 { break }
            sent += count
        }
        #expect(await connection.readToEnd().hasPrefix("HTTP/1.1 408") || sent < 100_000_000)
        #expect(try await server.get("/metrics").text.contains(#"status="408""#))
    }

    /// Bodies whose parts fill all memory must not wait for each other.
    @Test func largeBodiesTakeTurns() async throws {
        var limits = ServerLimits()
        limits.bodyByteCountMax = 2 << 20
        limits.inFlightByteCountMax = 2 << 20
        limits.inFlightWait = .seconds(600)
        let server = try await RunningServer(limits: limits)
        let text = line(String(repeating: "x", count: 1_000))
        let body = Array(String(repeating: text, count: (2 << 20) / text.utf8.count).utf8)
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<6 { group.addTask { try await server.ingest(body).status } }
            return try await group.reduce(into: [Int]()) { $0.append($1) }
        }
        #expect(statuses == Array(repeating: 200, count: 6))
        #expect(try await server.metric("logdb_ingest_in_flight_bytes") == 0)
    }

    @Test func entriesThatAreMoreInMemoryThanInTheBodyAreRefused() throws {
        var batch = Batch([entry("x")])
        try IngestRoute.checkSize(batch)
        let piece = [UInt8](repeating: 0x78, count: 1 << 20)
        for _ in 0..<50 {
            piece.withUnsafeBytes { bytes in batch.messages.append(bytes) }
        }
        do {
            try IngestRoute.checkSize(batch)
            Issue.record("50 MiB were taken")
        } catch {
            #expect(error.status == 413)
            #expect(error.code == "too_many_entries")
        }
    }
}
