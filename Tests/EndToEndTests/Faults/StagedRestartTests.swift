import FaultRun
import Foundation
import HTTPTransport
import Testing

/// A server that is killed with a full head, nothing of it sealed: the next one has all of it as soon as it is ready.
@Suite(.serialized) struct StagedRestartTests {
    /// Bytes of the head.
    private static let byteCount = FaultRun.isLong ? 256 << 20 : 8 << 20
    private static let senderCount = 2
    private static let batchEntryCount = 2_000

    @Test func everythingThatWasStagedIsThereWhenItIsReady() async throws {
        let directory = try ScratchDirectory()
        let server = try TestServer(in: directory)
        // A twelfth of it is the head's.
        let options = ["--memory", FaultRun.isLong ? "4GiB" : "128MiB"]
        try await server.start(options)
        let stored = try await withThrowingTaskGroup(of: Int.self) { group in
            for sender in 0..<Self.senderCount { group.addTask { try await fill(sender, server) } }
            return try await group.reduce(0, +)
        }
        let before = try await storage(server)
        #expect(before.segments == 0, "the head was sealed, and nothing of it is staged any more")
        #expect(before.headByteCount >= Self.byteCount)
        await server.killNow()

        let start = ContinuousClock.now
        try await server.start(options)
        let time = ContinuousClock.now - start
        #expect(try await storage(server).headEntryCount == stored)
        #expect(try await server.count() == stored)
        #expect(await server.stop() == 0)
        FaultRun.report(
            "R11", before.headByteCount >> 20,
            "MiB staged, ready after \(time.formatted(.units(allowed: [.milliseconds], width: .narrow)))", seed: 0)
    }

    /// Sends until the head holds enough.
    ///
    /// - Returns: How many entries were acknowledged.
    private func fill(_ sender: Int, _ server: TestServer) async throws -> Int {
        let transport = HTTPTransport()
        var random = SeededGenerator(seed: UInt64(sender) + 110)
        var count = 0
        while try await storage(server).headByteCount < Self.byteCount {
            let time = 1_735_912_800_000_000 + count
            let lines = (0..<Self.batchEntryCount).map {
                #"{"device":"D\#(sender)","timestamp_us":\#(time + $0),"message":"request \#(random.next()) took "#
                    + #"\#(random.next()) of \#(random.next())"}"#
            }
            let reply = try await transport.send(
                HTTPCall(
                    method: "POST", url: "\(server.url)/api/v1/logs/ingest",
                    headers: [HTTPField("Content-Type", "application/x-ndjson")],
                    body: Array(lines.joined(separator: "\n").utf8), timeout: .seconds(300)))
            guard reply.status == 200 else { throw Stuck("ingest: \(reply.status)") }
            count += lines.count
        }
        return count
    }

    private func storage(_ server: TestServer) async throws
        -> (segments: Int, headEntryCount: Int, headByteCount: Int)
    {
        let object = try await FleetClient(server.url).send("GET", "/admin/storage").object
        guard let segments = object["segments"] as? Int, let head = object["head"] as? [String: Any],
            let entries = head["entries"] as? Int, let bytes = head["bytes"] as? Int
        else { throw Stuck("no storage report: \(object)") }
        return (segments, entries, bytes)
    }
}
