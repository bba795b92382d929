import FaultRun
import Foundation
import LogModel
import Testing

/// Devices whose clock is wrong: by a day, by ten years, and going back while they log. All that they send is stored as it
/// says, found by the time that it has and by when it came, and marked by the difference of the two.
@Suite(.serialized) struct SkewedClockTests {
    private static let batchCount = FaultRun.count(6, long: 400)
    private static let batchEntryCount = 50
    /// Of this machine, in microseconds since the epoch.
    private static var now: Int64 { Int64(Date.now.timeIntervalSince1970 * 1_000_000) }
    private static let day: Int64 = Timestamp.microsecondsPerDay

    /// A device, and how far its clock is from the true time at each of its batches.
    private struct Clock: Sendable {
        var device: String
        var offset: @Sendable (_ batch: Int) -> Int64

        static let all = [
            Clock(device: "day-ahead") { _ in day },
            Clock(device: "day-behind") { _ in -day },
            Clock(device: "decade-ahead") { _ in 3_653 * day },
            Clock(device: "decade-behind") { _ in -3_653 * day },
            // An hour back with each batch, as one that is set again and again.
            Clock(device: "going-back") { batch in -Int64(batch) * 3_600_000_000 },
            Clock(device: "jumping") { batch in batch % 2 == 0 ? 0 : -400 * day },
        ]
    }

    @Test func allIsStoredFoundAndMarked() async throws {
        let directory = try ScratchDirectory()
        let server = try TestServer(in: directory)
        try await server.start()
        let client = FleetClient(server.url)
        let begin = Self.now
        var sent: [String: [(message: String, time: Int64)]] = [:]
        for batch in 0..<Self.batchCount {
            for clock in Clock.all {
                let time = Self.now + clock.offset(batch)
                let entries = (0..<Self.batchEntryCount).map { (message: "\(batch)/\($0)", time: time + Int64($0)) }
                let lines = entries.map {
                    #"{"device":"\#(clock.device)","timestamp_us":\#($0.time),"message":"\#($0.message)"}"#
                }
                // A body of which nothing is refused.
                let reply = try await client.send("POST", "/logs/ingest", "[\(lines.joined(separator: ","))]")
                #expect(reply.object["accepted"] as? Int == entries.count, "\(reply.text)")
                sent[clock.device, default: []] += entries
            }
            // What lies decades apart is sealed, merged and moved together with the rest.
            if batch % 3 == 2 { try await client.run("POST", "/admin/compact") }
        }
        let end = Self.now + 1
        for isRestarted in [false, true] {
            if isRestarted {
                await server.killNow()
                try await server.start()
                try await client.run("POST", "/admin/tier", #"{"older_than":"0s"}"#)
            }
            for clock in Clock.all {
                try await expectFound(sent[clock.device]!, of: clock, on: server, in: begin..<end)
            }
        }
        #expect(await server.stop() == 0)
        FaultRun.report("R13", sent.values.reduce(0) { $0 + $1.count }, "entries", seed: 0)
    }

    private func expectFound(
        _ entries: [(message: String, time: Int64)], of clock: Clock, on server: TestServer, in arrival: Range<Int64>
    ) async throws {
        // By its device, by its own time, and by when it came, whatever its clock said.
        let times = entries.map(\.time)
        let queries = [
            "device:\(clock.device) since:1970-01-01",
            "device:\(clock.device) since:\(times.min()!) until:\(times.max()! + 1)",
            "device:\(clock.device) since:1970-01-01 "
                + "received:>=\"\(Timestamp(microseconds: arrival.lowerBound))\"",
        ]
        for query in queries {
            let rows = try await server.export(query)
            #expect(rows.count == entries.count, "\(query)")
            let found = Dictionary(rows.map { ($0.message, $0) }) { first, _ in first }
            for entry in entries {
                let row = try #require(found[entry.message], "\(query): \(entry.message) is lost")
                #expect(Timestamp(rfc3339: row.time)?.microseconds == entry.time)
                // The mark: when it came is true, and shows how far the time is from it.
                let received = Timestamp(rfc3339: row.received ?? "")?.microseconds ?? 0
                #expect(arrival.contains(received), "\(row)")
            }
        }
    }

    /// A device that measures its clock tells, and the fleet's list shows it; what it logs comes as before.
    @Test func theDeviceShowsHowFarItsClockIs() async throws {
        let directory = try ScratchDirectory()
        let server = try TestServer(in: directory)
        try await server.start()
        let client = FleetClient(server.url)
        let offset = 315_619_200_000
        let entry =
            #"[{"device":"ahead","timestamp_us":\#(Self.now + 315_619_200_000_000),"message":"m"}]"#
        #expect(try await client.send("POST", "/logs/ingest", entry).status == 200)
        let beat = #"{"device_id":"ahead","status":"online","clock_offset_ms":\#(offset)}"#
        #expect(try await client.send("POST", "/fleet/heartbeat", beat).status == 200)
        let device = try await client.send("GET", "/fleet/devices/ahead")
        #expect(device.text.contains(#""clock_offset_ms":\#(offset)"#), "\(device.text)")
        #expect(await server.stop() == 0)
    }

    /// Under a retention a clock that is ten years behind makes entries that have expired: they are refused with the reason,
    /// and kept for whoever corrects them.
    @Test func whatARetentionRefusesIsKept() async throws {
        let directory = try ScratchDirectory()
        let server = try TestServer(in: directory)
        try await server.start(["--retention", "30d"])
        let client = FleetClient(server.url)
        let time = Self.now - 3_653 * Self.day
        let entry = #"[{"device":"behind","timestamp_us":\#(time),"message":"m"}]"#
        let reply = try await client.send("POST", "/logs/ingest", entry)
        #expect(reply.object["rejected"] as? Int == 1 && reply.text.contains("expired"), "\(reply.text)")
        let kept = try await client.send("GET", "/logs/quarantine").object["batches"] as? [Any]
        #expect(kept?.count == 1)
        // A device that knows how far its clock is off loses nothing by it.
        let headers = ["X-Batch-Clock-Offset": String(-3_653 * Self.day)]
        let corrected = try await client.send("POST", "/logs/ingest", entry, headers: headers)
        #expect(corrected.object["accepted"] as? Int == 1, "\(corrected.text)")
        #expect(try await server.export("device:behind since:1h").count == 1)
        #expect(await server.stop() == 0)
    }
}
