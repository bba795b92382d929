import FaultRun
import Foundation
import HTTPTransport
import Testing

/// A server that is given 512 MiB, under all the load that it takes: it is not ended for its memory, which does not grow, and
/// has all that it acknowledged.
@Suite(.serialized) struct MemoryLimitTests {
    private static let byteCountMax = 512 << 20
    private static let entryCount = FaultRun.count(200_000, long: 3_000_000)
    private static let senderCount = 4
    private static let batchEntryCount = 1_000
    /// In bytes: what makes a batch of some hundred KiB.
    private static let messageByteCount = 200

    @Test func fullLoadStaysWithinTheMemory() async throws {
        let directory = try ScratchDirectory()
        let server = try TestServer(in: directory)
        // Where no control group can be made, what the server has had at most tells all the same.
        let limit = MemoryLimit.isAllowed ? try MemoryLimit(byteCount: Self.byteCountMax) : nil
        // The server's own bound leaves room for what it does not count.
        try await server.start(["--memory", "256MiB"], under: limit?.command)
        let batchCount = max(Self.entryCount / Self.batchEntryCount / Self.senderCount, 4)
        let sizes = await withTaskGroup(of: [Int].self) { group in
            for sender in 0..<Self.senderCount {
                group.addTask {
                    await send(sender, batchCount, to: server)
                    return []
                }
            }
            group.addTask { await ask(server, until: batchCount) }
            return await group.reduce(into: []) { $0 += $1 }
        }
        let peak = try #require(await server.peakResidentByteCount, "the server ended")
        #expect(peak < Self.byteCountMax, "\(peak >> 20) MiB")
        // What it has after a third of the load is about what it has at the end.
        let (early, late) = (sizes.prefix(sizes.count / 2).max() ?? 0, sizes.suffix(sizes.count / 4).max() ?? 0)
        if FaultRun.isLong { #expect(late < early + (64 << 20), "\(early >> 20) MiB, and then \(late >> 20) MiB") }
        let total = batchCount * Self.senderCount * Self.batchEntryCount
        #expect(try await server.count() == total)
        #expect(await server.stop() == 0)
        FaultRun.report("R10", total, "entries, \(peak >> 20) MiB at most", seed: 0)
        withExtendedLifetime(limit) {}
    }

    /// Sends batches without a pause, and one that is refused for now again.
    private func send(_ sender: Int, _ batchCount: Int, to server: TestServer) async {
        let transport = HTTPTransport()
        var random = SeededGenerator(seed: UInt64(sender) + 100)
        for batch in 0..<batchCount {
            let time = 1_735_912_800_000_000 + batch * 1_000_000
            let lines = (0..<Self.batchEntryCount).map { index in
                var message = "request \(random.next()) of \(index)"
                while message.utf8.count < Self.messageByteCount { message += " \(random.next())" }
                return #"{"device":"D\#(sender)","session_id":"s\#(batch / 50)","timestamp_us":\#(time + index),"#
                    + #""message":"\#(message)"}"#
            }
            let call = HTTPCall(
                method: "POST", url: "\(server.url)/api/v1/logs/ingest",
                headers: [HTTPField("Content-Type", "application/x-ndjson")],
                body: Array(lines.joined(separator: "\n").utf8), timeout: .seconds(300))
            while true {
                guard let reply = try? await transport.send(call) else {
                    Issue.record("the server is gone")
                    return
                }
                if reply.status == 200 { break }
                guard reply.status == 429 else {
                    Issue.record("\(reply.status) \(String(decoding: reply.body, as: UTF8.self))")
                    return
                }
                try? await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    /// Asks what takes memory, until everything is stored or the server is gone.
    ///
    /// - Returns: Bytes that the server had, after each question.
    private func ask(_ server: TestServer, until batchCount: Int) async -> [Int] {
        let client = FleetClient(server.url)
        let queries = [
            "since:1970-01-01 | stats count() as n by device, session",
            "since:1970-01-01 request | sort message | limit 100",
            "since:1970-01-01 /9{4}/ | limit 50",
        ]
        var sizes: [Int] = []
        for number in 0... {
            let query = queries[number % queries.count].addingPercentEncoding(withAllowedCharacters: .alphanumerics)!
            guard (try? await client.send("GET", "/logs?query=\(query)")) != nil,
                let size = await server.residentByteCount
            else { break }
            sizes.append(size)
            let count = (try? await server.count()) ?? 0
            if count >= batchCount * Self.senderCount * Self.batchEntryCount { break }
        }
        return sizes
    }
}
