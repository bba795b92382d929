import Testing

@testable import LogModel
@testable import Server

/// A device whose clock is wrong says by how much: nothing of what it logged is lost, and all is found at its time.
@Suite struct ClockCorrectionTests {
    private static let day: Int64 = 86_400_000_000

    private func rows(_ server: RunningServer, _ query: String) async throws -> [JSONValue] {
        try await server.search(query).json["rows"]?.array ?? []
    }

    private func entry(_ time: Timestamp, _ message: String, _ context: String = "{}") -> String {
        #"{"device":"d","time":"\#(time)","message":"\#(message)","context":\#(context)}"# + "\n"
    }

    @Test(arguments: [day, -day, 3_653 * day, -3_653 * day])
    func timesAreTheServersAndTheDevicesAreKept(_ offset: Int64) async throws {
        let server = try await RunningServer()
        let now = Timestamp(microseconds: Timestamp.now.microseconds / 1_000_000 * 1_000_000)
        let wrong = Timestamp(microseconds: now.microseconds + offset)
        let answer = try await server.ingest(
            entry(wrong, "one") + entry(wrong, "two", #"{"camera":"left"}"#)
                + #"{"device":"d","message":"without a time"}"#,
            headers: ["X-Batch-Clock-Offset": String(offset)])
        #expect(answer.json["accepted"]?.int == 3)
        let rows = try await self.rows(server, "since:1m")
        #expect(rows.map { $0["message"]?.text }.sorted { $0! < $1! } == ["one", "two", "without a time"])
        for row in rows where row["message"]?.text != "without a time" {
            #expect(row["time"]?.text == now.description)
            #expect(row["device_time"]?.text == wrong.description)
        }
        let two = rows.first { $0["message"]?.text == "two" }
        #expect(two?["context"]?["camera"]?.text == "left" && two?["context"]?["device_time"] == nil)
        #expect(rows.first { $0["message"]?.text == "without a time" }?["device_time"] == nil)
        // What was corrected can be asked for.
        #expect(try await self.rows(server, "device_time:*").count == 2)
    }

    @Test func aFrameIsCorrectedAndKnownAgain() async throws {
        let server = try await RunningServer()
        let now = Timestamp.now
        let wrong = Timestamp(microseconds: now.microseconds - Self.day)
        var compressor = ZstdCompressor()
        let frame = BatchFrame.encode(
            Batch([Entry(time: wrong, device: "d", message: "framed")]), level: 3, using: &compressor)
        var headers = ["X-Batch-Device": "d", "X-Batch-Boot": "b", "X-Batch-Seq": "1"]
        headers["X-Batch-Clock-Offset"] = String(-Self.day)
        #expect(
            try await server.ingest(frame, headers: headers, type: BatchFrame.mediaType).json["accepted"]?.int == 1)
        // The clock is right by now, and the batch is the same.
        headers["X-Batch-Clock-Offset"] = nil
        #expect(
            try await server.ingest(frame, headers: headers, type: BatchFrame.mediaType).json["duplicates"]?.int == 1)
        let rows = try await self.rows(server, "since:1m")
        #expect(rows.map { $0["time"]?.text } == [now.description])
        #expect(rows.map { $0["device_time"]?.text } == [wrong.description])
    }

    @Test func aSmallDifferenceStays() async throws {
        let server = try await RunningServer()
        let now = Timestamp.now
        try await server.ingest(entry(now, "one"), headers: ["X-Batch-Clock-Offset": "4999999"])
        let row = try await rows(server, "since:1m").first
        #expect(row?["time"]?.text == now.description && row?["device_time"] == nil)
    }

    @Test func timesAtTheEndsOfAllAreKept() async throws {
        let server = try await RunningServer()
        for offset in [Int64.min, .max] {
            let answer = try await server.ingest(
                #"{"device":"d","time":"1970-01-01T00:00:00Z","message":"m"}"#,
                headers: ["X-Batch-Clock-Offset": String(offset)])
            #expect(answer.json["accepted"]?.int == 1, "\(answer.text)")
        }
    }

    @Test func whatIsNoNumberIsRefused() async throws {
        let server = try await RunningServer()
        for text in ["", "a day", "1.5"] {
            let answer = try await server.ingest(line("x"), headers: ["X-Batch-Clock-Offset": text])
            #expect(answer.status == 400 && answer.problem == "invalid_clock_offset")
        }
        #expect(try await server.messages() == [])
    }

    @Test func aBatchOfTheQuarantineIsCorrectedWhenItIsReplayed() async throws {
        let server = try await RunningServer()
        let now = Timestamp.now
        let wrong = Timestamp(microseconds: now.microseconds + Self.day)
        var headers = ["X-Batch-Device": "d", "X-Batch-Boot": "b", "X-Batch-Seq": "1"]
        try await server.ingest(line("taken"), headers: headers)
        headers["X-Batch-Clock-Offset"] = String(Self.day)
        // The number was used for other content: the batch waits for a person.
        let refused = try await server.ingest(entry(wrong, "late"), headers: headers)
        let id = try #require(refused.json["quarantine_id"]?.int)
        _ = try await server.send("POST", "/api/v1/logs/quarantine/\(id)/replay")
        let late = try await rows(server, "late since:1m").first
        #expect(late?["time"]?.text == now.description && late?["device_time"]?.text == wrong.description)
    }
}
