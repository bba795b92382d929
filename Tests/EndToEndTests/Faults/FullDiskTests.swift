import Foundation
import HTTPTransport
import TestSupport
import Testing

/// A server whose disk is full: it takes nothing, says so, answers queries, and goes on by itself when there is room.
@Suite(.serialized, .enabled(if: SmallDisk.isAllowed, "mounting a small disk needs root")) struct FullDiskTests {
    private let scratch: ScratchDirectory
    private let disk: SmallDisk
    private let server: TestServer
    private let transport = HTTPTransport()

    init() async throws {
        scratch = try ScratchDirectory()
        disk = try SmallDisk(at: scratch.file("data"), megabytes: 96)
        server = try TestServer(in: scratch)
    }

    private func send(_ method: String = "GET", _ path: String, _ body: String = "") async throws -> HTTPReply {
        try await transport.send(
            HTTPCall(
                method: method, url: server.url + path, headers: [HTTPField("Content-Type", "application/x-ndjson")],
                body: Array(body.utf8), timeout: .seconds(300)))
    }

    private func ingest(_ body: String) async throws -> HTTPReply {
        try await send("POST", "/api/v1/logs/ingest", body)
    }

    private func lines(_ count: Int, _ random: inout SeededGenerator) -> String {
        (0..<count).map { _ in
            let time = 1_735_912_800_000_000 + random.next() % 1_000_000_000
            return #"{"device":"R","timestamp_us":\#(time),"message":"\#(random.next()) \#(random.next())"}"# + "\n"
        }.joined()
    }

    private func messages() async throws -> [String: Int] {
        try await server.export().reduce(into: [:]) { $0[$1.message, default: 0] += 1 }
    }

    /// What stands in the last quotes of a line.
    private func message(_ line: Substring) -> String { String(line.split(separator: "\"").dropLast().last ?? "") }

    /// Waits until `/ready` answers so.
    private func reach(_ status: Int) async throws {
        let deadline = ContinuousClock.now + .seconds(300)
        while try await send("GET", "/ready").status != status {
            guard ContinuousClock.now < deadline else { throw Stuck("/ready does not become \(status)") }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    @Test func readsGoOnAndIngestingResumes() async throws {
        try await server.start(["--memory", "128MiB"])
        var random = SeededGenerator(seed: 51)
        var acknowledged = Set<String>()
        func take(_ body: String) { acknowledged.formUnion(body.split(separator: "\n").map { message($0) }) }
        for _ in 0..<2 {
            let before = lines(5_000, &random)
            #expect(try await ingest(before).status == 200)
            take(before)
            disk.fill(leaving: 0)
            try await reach(503)
            let refusal = try await ingest(lines(1_000, &random))
            #expect(refusal.status == 507 && refusal.head["Retry-After"] != nil)
            #expect(String(decoding: refusal.body, as: UTF8.self).contains(#""retryable":true"#))
            #expect(try await send("GET", "/health").status == 200)
            let found = try await messages()
            #expect(acknowledged.allSatisfy { found[$0] == 1 } && found.allSatisfy { $0.value == 1 })
            disk.free()
            try await reach(200)
            let after = lines(2_000, &random)
            #expect(try await ingest(after).status == 200)
            take(after)
        }
        #expect(await server.stop() == 0)
        try await server.start(["--memory", "128MiB"])
        let found = try await messages()
        #expect(acknowledged.allSatisfy { found[$0] == 1 } && found.allSatisfy { $0.value == 1 })
        #expect(await server.stop() == 0)
    }

    /// A store cannot always be opened on a full disk; it then says why, and nothing is lost by that.
    @Test func aServerThatDiesOnAFullDiskIsWholeWhenThereIsRoom() async throws {
        try await server.start(["--memory", "128MiB"])
        var random = SeededGenerator(seed: 52)
        let body = lines(5_000, &random)
        #expect(try await ingest(body).status == 200)
        disk.fill(leaving: 0)
        try await reach(503)
        await server.killNow()
        do {
            try await server.start(["--memory", "128MiB"])
            #expect(try await ingest(lines(1, &random)).status == 507)
            await server.killNow()
        } catch let stuck as Stuck {
            #expect("\(stuck)".contains("No space left to open the store"))
        }
        disk.free()
        try await server.start(["--memory", "128MiB"])
        let found = try await messages()
        #expect(found == body.split(separator: "\n").reduce(into: [:]) { $0[message($1), default: 0] += 1 })
        #expect(try await ingest(lines(1, &random)).status == 200)
        #expect(await server.stop() == 0)
    }
}
