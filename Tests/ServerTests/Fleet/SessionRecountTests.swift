import LogDB
import LogModel
import Testing

@testable import Server

/// What a session says of its entries is what a query counts of them, whatever came in between.
struct SessionRecountTests {
    private static let sessions = ["run-0", "run-1", "run-2"]
    private static let writerCount = 4
    private static let roundCount = 40

    /// Compares each session's counters with a count of its entries, and with how many were accepted.
    private func check(_ server: RunningServer, accepted: [String: Int]) async throws {
        let list = try await server.get("/api/v1/sessions", nil, ["limit": "1000"]).json["sessions"]?.array ?? []
        var found: [String: Int] = [:]
        for session in list {
            let (device, name) = (session["device"]?.text ?? "", session["session_id"]?.text ?? "")
            func count(_ levels: String) async throws -> Int? {
                let query = "since:1970-01-01 device:\(device) session:\(name)\(levels) | stats count() as n"
                let answer = try await server.search(query)
                try #require(answer.status == 200, "\(answer.text)")
                return answer.json["rows"]?[0]?["n"]?.int
            }
            #expect(try await count("") == session["total_logs"]?.int, "\(session)")
            #expect(try await count(" level:>=ERROR") == session["error_count"]?.int, "\(session)")
            #expect(try await count(" level:WARN") == session["warning_count"]?.int, "\(session)")
            found["\(device)/\(name)"] = session["total_logs"]?.int
        }
        #expect(found.filter { $0.value > 0 } == accepted.filter { $0.value > 0 })
        #expect(try await server.get("/api/v1/admin/check").json["problems"] == .array([]))
    }

    @Test(arguments: [1, 2] as [UInt64]) func countersAreWhatAQueryCounts(seed: UInt64) async throws {
        let directory = try ScratchDirectory()
        var accepted: [String: Int] = [:]
        for restart in 0..<3 as Range<UInt64> {
            let server = try await RunningServer(in: directory)
            async let changes: Void = change(server, seed: seed + restart)
            try await withThrowingTaskGroup(of: [String: Int].self) { group in
                for writer in 0..<Self.writerCount {
                    group.addTask {
                        try await write(to: server, writer, (seed * 100 + restart) * 100 + UInt64(writer), restart)
                    }
                }
                for try await counts in group { accepted.merge(counts, uniquingKeysWith: +) }
            }
            try await changes
            try await check(server, accepted: accepted)
            // Half of the time what is in memory goes to disk before the server is started anew.
            if restart % 2 == 0 {
                _ = try await server.send("POST", "/api/v1/admin/compact")
            }
            try await server.stop()
        }
        let server = try await RunningServer(in: directory)
        try await check(server, accepted: accepted)
        #expect(accepted.values.reduce(0, +) > 1_000)
        try await server.stop()
    }

    /// Sends batches to one device's sessions, which another writer has too: new ones, ones that were sent before, ones
    /// under a sequence that is taken, and ones with entries that are refused.
    private func write(
        to server: RunningServer, _ writer: Int, _ seed: UInt64, _ restart: UInt64
    ) async throws -> [String: Int] {
        var random = SeededGenerator(seed: seed)
        let device = "Robot-\(writer % 2)"
        let headers = ["X-Batch-Device": device, "X-Batch-Boot": "\(restart)-\(writer)"]
        var sent: [String] = []
        var accepted: [String: Int] = [:]
        for round in 1...Self.roundCount {
            var text = ""
            var counts: [String: Int] = [:]
            var refused = 0
            for index in 0..<Int.random(in: 1...30, using: &random) {
                let session = Self.sessions.randomElement(using: &random)!
                let isRefused = Int.random(in: 0..<12, using: &random) == 0
                let level = isRefused ? "LOUD" : Level.allCases.randomElement(using: &random)!.name
                text +=
                    #"{"device":"\#(device)","session_id":"\#(session)","level":"\#(level)","timestamp_us":"#
                    + "\(at(Double(round)).microseconds + Int64(index))"
                    + #","message":"entry \#(index) of \#(round)"}"# + "\n"
                if isRefused { refused += 1 } else { counts["\(device)/\(session)", default: 0] += 1 }
            }
            let total = counts.values.reduce(0, +)
            let labels = headers.merging(["X-Batch-Seq": String(round)]) { $1 }
            let first = try await server.ingest(text, headers: labels)
            #expect(first.status == 200 && first.json["accepted"]?.int == total, "\(first.text)")
            #expect(first.json["rejected"]?.int == refused, "\(first.text)")
            accepted.merge(counts, uniquingKeysWith: +)
            sent.append(text)
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                let again = try await server.ingest(text, headers: labels)
                #expect(again.status == 200 && again.json["accepted"]?.int == 0, "\(again.text)")
            case 1:
                let old = Int.random(in: 0..<sent.count, using: &random)
                let late = try await server.ingest(
                    sent[old], headers: headers.merging(["X-Batch-Seq": String(old + 1)]) { $1 })
                #expect(late.status == 200 && late.json["accepted"]?.int == 0, "\(late.text)")
            case 2:
                let other = try await server.ingest(line("another", device: device), headers: labels)
                #expect(other.problem == "sequence_conflict", "\(other.text)")
            default: break
            }
        }
        return accepted
    }

    /// Says things of the sessions while they are written to.
    private func change(_ server: RunningServer, seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        for round in 0..<Self.roundCount {
            let (device, session) = (
                "Robot-\(Int.random(in: 0..<2, using: &random))", Self.sessions.randomElement(using: &random)!
            )
            let status = ["active", "completed", "failed", "aborted"].randomElement(using: &random)!
            let json =
                #"{"device_id":"\#(device)","session_id":"\#(session)","name":"name \#(round)","status":"\#(status)"}"#
            let started = try await server.send(
                "POST", "/api/v1/sessions", headers: ["Content-Type": "application/json"], body: Array(json.utf8))
            // A device that no entry has named yet is not there.
            guard started.status != 404 else { continue }
            let id = try #require(started.json["id"]?.int, "\(started.text)")
            _ = try await server.send(
                "PUT", "/api/v1/sessions/\(id)", headers: ["Content-Type": "application/json"],
                body: Array(#"{"name":"again"}"#.utf8))
            let heartbeat = #"{"device_id":"\#(device)","current_session_id":"\#(session)"}"#
            let noted = try await server.send(
                "POST", "/api/v1/fleet/heartbeat", headers: ["Content-Type": "application/json"],
                body: Array(heartbeat.utf8))
            #expect(noted.status == 200, "\(noted.text)")
        }
    }
}
