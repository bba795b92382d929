import Foundation
import HTTPTransport
import Testing

/// Clients that hold connections open, and bodies made to fill memory, against the real server: others are served.
@Suite(.serialized) struct BadClientTests {
    private let scratch: ScratchDirectory
    private let server: TestServer
    private let transport = HTTPTransport()

    init() throws {
        scratch = try ScratchDirectory()
        server = try TestServer(in: scratch)
    }

    private func ingest(_ body: [UInt8], coding: String = "identity") async throws -> Int {
        try await transport.send(
            HTTPCall(
                method: "POST", url: server.url + "/api/v1/logs/ingest",
                headers: [
                    HTTPField("Content-Type", "application/x-ndjson"), HTTPField("Content-Encoding", coding),
                ], body: body, timeout: .seconds(300))
        ).status
    }

    private func resident() async throws -> Int {
        let reply = try await transport.send(HTTPCall(url: server.url + "/metrics", timeout: .seconds(60)))
        let line = String(decoding: reply.body, as: UTF8.self).split(separator: "\n").first {
            $0.hasPrefix("logdb_process_resident_bytes ")
        }
        return try #require(line.flatMap { Double($0.split(separator: " ")[1]) }.map { Int($0) })
    }

    /// Requests whose head or body never ends.
    @Test func slowConnectionsHoldNobodyUp() async throws {
        try await server.start()
        let count = Binaries.isLong ? 2_000 : 400
        var sockets: [Int32] = []
        defer { for socket in sockets { close(socket) } }
        let starts = [
            "GET /api/v1/logs?query=x HTTP/1.1\r\nHost: x\r\nX-Slow: ",
            "POST /api/v1/logs/ingest HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n"
                + "Content-Length: 1000\r\n\r\n{\"device\":",
        ]
        for index in 0..<count {
            let socket = try connected(to: server.port)
            sockets.append(socket)
            let start = Array(starts[index % 2].utf8)
            #expect(send(socket, start, start.count, Int32(MSG_NOSIGNAL)) == start.count)
            // All of them go on, a byte at a time, while others are served.
            if index % 40 == 0 {
                for slow in sockets { _ = send(slow, "x", 1, Int32(MSG_NOSIGNAL)) }
                #expect(try await ingest(Array(#"{"device":"R","message":"healthy"}"#.utf8)) == 200)
            }
        }
        #expect(try await server.export("healthy since:1d").count == count / 40)
        #expect(await server.stop() == 0)
    }

    /// 64 MiB of spaces in some kilobytes, and bodies that are as large as that.
    @Test func bombsAndLargeBodiesTakeNoMemory() async throws {
        try await server.start()
        let plain = scratch.file("plain")
        #expect(FileManager.default.createFile(atPath: plain, contents: Data(repeating: 0x20, count: 64 << 20)))
        let packed = try await run("/usr/bin/gzip", ["-9k", plain], in: scratch)
        #expect(packed.status == 0, "\(packed.errors)")
        let bomb = [UInt8](try Data(contentsOf: URL(fileURLWithPath: plain + ".gz")))
        #expect(bomb.count < 100_000)
        #expect(try await ingest(bomb, coding: "gzip") == 413)
        let before = try await resident()
        for _ in 0..<(Binaries.isLong ? 20 : 1) {
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<(Binaries.isLong ? 6 : 2) { group.addTask { try await ingest(bomb, coding: "gzip") } }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            // More at a time than there is memory for are told to come back.
            #expect(statuses.allSatisfy { $0 == 413 || $0 == 429 } && statuses.contains(413), "\(statuses)")
        }
        #expect(try await ingest([UInt8](repeating: 0x20, count: 33 << 20)) == 413)
        #expect(try await resident() < before + (160 << 20))
        #expect(try await ingest(Array(#"{"device":"R","message":"fine"}"#.utf8)) == 200)
        #expect(await server.stop() == 0)
    }
}
