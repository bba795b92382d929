import Foundation
import HTTPTransport
import Testing

/// `kill -9` of the server while files are uploaded, replaced and removed: what was acknowledged is there whole, and what is
/// left over is found, and nothing else is wrong.
@Suite(.serialized) struct KillUploadTests {
    private static let cycleCount = Binaries.isLong ? 100 : 8
    private static let workerCount = 3

    private actor Oracle {
        /// What each path must have: one of these; nil is nothing.
        private(set) var contents: [String: [[UInt8]?]] = [:]
        private var number = 0
        private(set) var interruptedCount = 0

        func nextNumber() -> Int {
            number += 1
            return number
        }

        /// Until an answer comes, either may be.
        func trying(_ path: String, _ content: [UInt8]?) { contents[path] = (contents[path] ?? [nil]) + [content] }
        func done(_ path: String, _ content: [UInt8]?) { contents[path] = [content] }
        func interrupted() { interruptedCount += 1 }
    }

    @Test func whatWasAcknowledgedIsThereWhole() async throws {
        let directory = try ScratchDirectory()
        let server = try TestServer(in: directory)
        let oracle = Oracle()
        let transport = HTTPTransport()
        var random = SeededGenerator(seed: 71)
        try await server.start()
        let first = try await transport.send(
            HTTPCall(
                method: "POST", url: server.url + "/api/v1/sessions",
                headers: [HTTPField("Content-Type", "application/json")],
                body: Array(#"{"device_id":"D","session_id":"run"}"#.utf8)))
        if first.status == 404 {
            let entry = Array(#"{"device":"D","session_id":"run","message":"m"}"#.utf8)
            let stored = try await transport.send(
                HTTPCall(
                    method: "POST", url: server.url + "/api/v1/logs/ingest",
                    headers: [HTTPField("Content-Type", "application/x-ndjson")], body: entry))
            try #require(stored.status == 200)
        }
        for cycle in 1...Self.cycleCount {
            let delay = Int.random(in: 20...600, using: &random)
            let seeds = (0..<Self.workerCount).map { _ in random.next() }
            await withTaskGroup(of: Void.self) { group in
                for seed in seeds { group.addTask { await work(seed, server.url, oracle) } }
                // The moment of the fault, not a wait for anything.
                try? await Task.sleep(for: .milliseconds(delay))
                await server.killNow()
            }
            let check = try await run(
                Binaries.logdb, ["admin", "check", "--data", directory.file("data")], in: directory)
            let others = check.errors.split(separator: "\n").filter { !$0.contains("has no row") }
            #expect(others == [], "after \(cycle) kills")
            try await server.start()
            for (path, possible) in await oracle.contents {
                let reply = try await transport.send(HTTPCall(url: Self.url(server.url, "files/download", path)))
                let found: [UInt8]? = reply.status == 200 ? reply.body : nil
                #expect(possible.contains(found), "\(path) after \(cycle) kills: \(reply.status)")
                await oracle.done(path, found)
            }
        }
        #expect(await server.stop() == 0)
        #expect(await oracle.contents.count > Self.cycleCount)
        #expect(await oracle.interruptedCount > 0, "no kill met a request on its way")
    }

    private static func url(_ server: String, _ route: String, _ path: String) -> String {
        "\(server)/api/v1/sessions/run/\(route)?path=\(path)"
    }

    /// Uploads, replaces and removes until the server is gone.
    private func work(_ seed: UInt64, _ server: String, _ oracle: Oracle) async {
        var random = SeededGenerator(seed: seed)
        let transport = HTTPTransport()
        do throws(HTTPTransportError) {
            while true {
                let number = await oracle.nextNumber()
                // Each worker has paths of its own, and contents that others have as well.
                let path = "w\(seed % 1_000)-\(Int.random(in: 0..<20, using: &random))"
                let isRemoved = Int.random(in: 0..<4, using: &random) == 0
                let content = [UInt8](
                    repeating: UInt8(number % 7), count: 1 << Int.random(in: 0...18, using: &random))
                await oracle.trying(path, isRemoved ? nil : content)
                let reply = try await transport.send(
                    HTTPCall(
                        method: isRemoved ? "DELETE" : "POST",
                        url: Self.url(server, "artifacts", path) + (isRemoved ? "" : "&replace=true"),
                        body: isRemoved ? [] : content, timeout: .seconds(60)))
                switch (isRemoved, reply.status) {
                case (true, 204), (true, 404): await oracle.done(path, nil)
                case (false, 200), (false, 201): await oracle.done(path, content)
                default: Issue.record("\(reply.status) \(String(decoding: reply.body, as: UTF8.self))")
                }
            }
        } catch {
            await oracle.interrupted()
        }
    }
}
