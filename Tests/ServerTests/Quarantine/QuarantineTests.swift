import HTTPTransport
import LogDB
import LogModel
import Testing

@testable import Server

/// Batches that ingesting refused: kept, shown, tried again, discarded.
struct QuarantineTests {
    private static let path = "/api/v1/logs/quarantine"

    private func batches(_ server: RunningServer) async throws -> [JSONValue] {
        try await server.get(Self.path).json["batches"]?.array ?? []
    }

    private func frame(_ entries: [Entry]) -> [UInt8] {
        var compressor = ZstdCompressor()
        return BatchFrame.encode(Batch(entries), level: 1, using: &compressor)
    }

    /// Keeps what is a year old at most, as none of the samples is.
    private static var yearOptions: Options {
        var options = Options()
        options.retention = .seconds(365 * 86_400)
        return options
    }

    // MARK: What is kept

    @Test func aBatchThatCannotBeReadIsKeptAsItCame() async throws {
        let server = try await RunningServer()
        let bad: [(body: [UInt8], type: String, coding: String, code: String, download: String)] = [
            (Array("no frame".utf8), BatchFrame.mediaType, "identity", "invalid_frame", BatchFrame.mediaType),
            (Array("[{]".utf8), "application/json", "identity", "invalid_json", "application/json"),
            (Array("no gzip".utf8), "application/x-ndjson", "gzip", "invalid_encoding", "application/gzip"),
            (Array("no zstd".utf8), "application/json", "zstd", "invalid_encoding", "application/zstd"),
        ]
        for (body, type, coding, code, download) in bad {
            let answer = try await server.ingest(
                body, headers: ["Content-Encoding": coding, "X-Batch-Device": "Robot-7"], type: type)
            #expect(answer.status == 400 && answer.problem == code, "\(answer.text)")
            let id = try #require(answer.json["quarantine_id"]?.int)
            let kept = try #require(try await batches(server).first)
            #expect(kept["id"]?.int == id && kept["code"]?.text == code && kept["status"]?.int == 400)
            #expect(kept["detail"]?.text == answer.json["detail"]?.text)
            #expect(kept["device"]?.text == "Robot-7" && kept["content_type"]?.text == type)
            #expect(kept["content_encoding"]?.text == coding && kept["bytes"]?.int == body.count)
            let content = try await server.get("\(Self.path)/\(id)")
            #expect(content.reply.body == body && content["Content-Type"] == download)
            #expect(content["Content-Disposition"]?.hasPrefix("attachment; filename=\"quarantine-\(id).") == true)
            // It is as bad as before.
            let replay = try await server.send("POST", "\(Self.path)/\(id)/replay")
            #expect(replay.status == 422 && replay.problem == code)
        }
        #expect(try await batches(server).count == bad.count)
        #expect(try await server.metric("logdb_quarantine_batches") == Double(bad.count))
    }

    @Test func ofLinesOnlyTheBadOnesAreKept() async throws {
        let server = try await RunningServer()
        let bad = [#"{"device":"D","level":"LOUD","message":"x"}"#, "{", #"{"message":"no device"}"#]
        let body = "\u{FEFF}\n \t\r\n" + bad[0] + "\n" + line("good") + bad[1] + "\n\n" + line("fine") + bad[2]
        let answer = try await server.ingest(
            compressed(Array(body.utf8), "gzip"), headers: ["Content-Encoding": "gzip"])
        #expect(answer.status == 200 && answer.json["rejected"]?.int == 3)
        let id = try #require(answer.json["quarantine_id"]?.int)
        let kept = try #require(try await batches(server).first)
        #expect(kept["rejected"]?.int == 3 && kept["content_encoding"]?.text == "identity")
        #expect(kept["errors"]?.array.map { $0["index"]?.int } == [0, 2, 4])
        #expect(try await server.get("\(Self.path)/\(id)").text == bad.map { $0 + "\n" }.joined())
        // None is better now, so all stay.
        let replay = try await server.send("POST", "\(Self.path)/\(id)/replay")
        #expect(replay.status == 200 && replay.json["rejected"]?.int == 3 && replay.json["accepted"]?.int == 0)
        #expect(try await batches(server).map { $0["replays"]?.int } == [1])
        #expect(try await server.messages().sorted() == ["fine", "good"])
    }

    @Test func whatMayPassOrIsNobodysIsNotKept() async throws {
        var limits = ServerLimits()
        limits.bodyByteCountMax = 1_000
        let server = try await RunningServer(limits: limits)
        let long = [UInt8](repeating: UInt8(ascii: "x"), count: 1_001)
        #expect(try await server.ingest(long).status == 413)
        #expect(try await server.ingest(compressed(long, "zstd"), headers: ["Content-Encoding": "zstd"]).status == 413)
        #expect(try await server.ingest("x", type: "text/plain").status == 415)
        #expect(try await server.ingest("", type: "application/json").status == 400)
        #expect(try await server.ingest(line("good")).json["quarantine_id"] == nil)
        #expect(try await batches(server).isEmpty)
    }

    @Test func aBatchThatIsSentAgainIsKeptOnce() async throws {
        let server = try await RunningServer()
        let headers = ["X-Batch-Device": "D", "X-Batch-Boot": "b", "X-Batch-Seq": "1"]
        var ids: Set<Int?> = []
        for _ in 0..<3 {
            ids.insert(try await server.ingest("{}\n" + line("good"), headers: headers).json["quarantine_id"]?.int)
        }
        #expect(ids.count == 1 && !ids.contains(nil))
        #expect(try await batches(server).count == 1)
    }

    // MARK: Trying again

    @Test(arguments: ["lines", "document", "frame"])
    func whatIsStoredLeavesTheQuarantineAcrossARestart(_ form: String) async throws {
        let directory = try ScratchDirectory()
        let now = Timestamp.now.microseconds
        let recent = Entry(time: Timestamp(microseconds: now), device: "Robot-1", message: "recent")
        let old = [entry("old 1", at: 1), entry("old 2", at: 2, context: [.init("a", "b")])]
        let id: Int
        do {
            let server = try await RunningServer(in: directory, options: Self.yearOptions)
            let answer: Answer
            switch form {
            case "lines":
                answer = try await server.ingest(
                    #"{"device":"Robot-1","message":"recent"}"# + "\n" + line("old 1") + line("old 2"))
            case "document":
                let entries =
                    #"{"message":"recent","time":\#(now)},{"message":"old 1","time":1735912801},"#
                    + #"{"message":"old 2","time":1735912802}"#
                answer = try await server.ingest(
                    #"{"device":"Robot-1","boot":"b","sequence":1,"entries":[\#(entries)]}"#, type: "application/json")
            default: answer = try await server.ingest(frame([old[0], recent, old[1]]), type: BatchFrame.mediaType)
            }
            #expect(answer.status == 200 && answer.json["rejected"]?.int == 2, "\(answer.text)")
            id = try #require(answer.json["quarantine_id"]?.int)
            #expect(try await batches(server).first?["code"]?.text == "expired")
            try await server.stop()
        }
        let server = try await RunningServer(in: directory)
        #expect(try await batches(server).map { $0["id"]?.int } == [id])
        // Several who replay it at a time store it once.
        let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
            for _ in 0..<4 { group.addTask { try await server.send("POST", "\(Self.path)/\(id)/replay") } }
            return try await group.reduce(into: [Answer]()) { $0.append($1) }
        }
        #expect(answers.allSatisfy { $0.status == 200 || $0.problem == "unknown_batch" })
        #expect(answers.compactMap { $0.json["accepted"]?.int }.reduce(0, +) == 2)
        #expect(try await server.messages().sorted() == ["old 1", "old 2", "recent"])
        #expect(try await batches(server).isEmpty)
        #expect(try await server.send("POST", "\(Self.path)/\(id)/replay").problem == "unknown_batch")
        let audit = try await server.get("/api/v1/admin/audit").json["entries"]?.array ?? []
        #expect(audit.contains { $0["action"]?.text == "quarantine.replay" && $0["target"]?.text == String(id) })
    }

    @Test func aConflictIsStoredByAReplay() async throws {
        let server = try await RunningServer()
        let headers = ["X-Batch-Device": "D", "X-Batch-Boot": "b", "X-Batch-Seq": "1"]
        #expect(try await server.ingest(line("first"), headers: headers).status == 200)
        let conflict = try await server.ingest(line("second"), headers: headers)
        #expect(conflict.status == 409)
        let id = try #require(conflict.json["quarantine_id"]?.int)
        let replay = try await server.send("POST", "\(Self.path)/\(id)/replay")
        #expect(replay.json["accepted"]?.int == 1, "\(replay.text)")
        #expect(try await server.messages().sorted() == ["first", "second"])
        #expect(try await batches(server).isEmpty)
    }

    @Test func discardingIsWrittenDown() async throws {
        let server = try await RunningServer()
        let id = try #require(try await server.ingest("{").json["quarantine_id"]?.int)
        #expect(try await server.send("DELETE", "\(Self.path)/\(id)").status == 204)
        #expect(try await server.send("DELETE", "\(Self.path)/\(id)").problem == "unknown_batch")
        #expect(try await server.get("\(Self.path)/x").problem == "unknown_batch")
        #expect(try await batches(server).isEmpty)
        let audit = try await server.get("/api/v1/admin/audit").json["entries"]?.array ?? []
        #expect(audit.first?["action"]?.text == "quarantine.remove")
    }

    // MARK: Bounds

    @Test func theOldestMakeRoomAndAreCounted() async throws {
        let directory = try ScratchDirectory()
        var limits = ServerLimits()
        limits.quarantineByteCountMax = 4_000
        var ids: [Int] = []
        do {
            let server = try await RunningServer(in: directory, limits: limits)
            for number in 0..<10 {
                ids.append(try #require(try await server.ingest("{\(number)").json["quarantine_id"]?.int))
            }
            let list = try await server.get(Self.path).json
            #expect(list["evicted"]?.int == 7 && list["bytes_max"]?.int == 4_000)
            #expect(try #require(list["bytes"]?.int) <= 4_000)
            // What is larger than all of it pushes nothing out.
            var random = SeededGenerator(seed: 1)
            let noise = (0..<8_000).map { _ in UInt8.random(in: 0x21...0x7e, using: &random) }
            #expect(try await server.ingest(noise).json["quarantine_id"] == nil)
            try await server.stop()
        }
        let server = try await RunningServer(in: directory, limits: limits)
        let list = try await server.get(Self.path).json
        #expect(list["batches"]?.array.map { $0["id"]?.int } == ids.suffix(3).reversed())
        #expect(list["evicted"]?.int == 8)
        let pages = try await server.get(Self.path + "?limit=2").json
        #expect(pages["batches"]?.array.count == 2)
        let rest = try await server.get(Self.path + "?limit=2&cursor=\(try #require(pages["next_cursor"]?.text))").json
        #expect(rest["batches"]?.array.map { $0["id"]?.int } == [ids[7]])
        #expect(rest["next_cursor"] == .null)
        #expect(try await server.metric("logdb_quarantine_evicted_total") == 8)
    }

    @Test func anAccountHasItsOwn() async throws {
        let place = try await GuardedServer()
        let other = try await place.user(.operator, "other", account: "other")
        let own = try await place.user(.operator)
        let lines = ["Content-Type": "application/x-ndjson"]
        let answer = try await place.server.send(
            "POST", "/api/v1/logs/ingest", headers: lines.merging(own.headers) { $1 }, body: Array("{".utf8))
        let id = try #require(answer.json["quarantine_id"]?.int)
        _ = try await place.server.send(
            "POST", "/api/v1/logs/ingest", headers: lines.merging(other.headers) { $1 }, body: Array("{".utf8))
        let theirs = try await place.send("GET", Self.path, as: other).json
        #expect(theirs["batches"]?.array.map { $0["sender"]?.text } == ["user:other"])
        #expect(theirs["bytes"] == nil)
        for (method, path) in [("GET", ""), ("DELETE", ""), ("POST", "/replay")] {
            let answer = try await place.send(method, "\(Self.path)/\(id)\(path)", as: other)
            #expect(answer.status == 404 && answer.problem == "unknown_batch", "\(method) \(answer.text)")
        }
        #expect(try await place.send("GET", Self.path, as: own).json["batches"]?.array.count == 2)
    }
}
