import HTTPTransport
import LogDB
import LogModel
import Testing

@testable import Server

/// How devices are told apart that are there, and what they measure.
struct HeartbeatTests {
    private let clock = TestClock()
    private let place: EncryptedServer
    private static let path = "/api/v1/fleet/heartbeat"

    init() async throws {
        let clock = clock
        place = try await EncryptedServer { clock.now }
    }

    private func beat(_ client: HTTPTransport?, _ json: String = "{}") async throws -> Answer {
        try await place.send("POST", Self.path, json: json, on: client)
    }

    private func status(_ device: String = "DEV-1") async throws -> String? {
        try await place.send("GET", "/api/v1/fleet/devices/" + device).json["status"]?.text
    }

    @Test func aHeartbeatSaysHowADeviceIs() async throws {
        let client = try await place.registered("DEV-1")
        let entry = #"[{"session_id":"nav_42","message":"m"}]"#
        #expect(try await place.send("POST", "/api/v1/logs/ingest", json: entry, on: client).status == 200)
        let answer = try await beat(
            client,
            """
            {"device_id": 1, "status": "online", "current_session_id": "nav_42", "agent_version": "1.2",
             "spool_depth": 3, "dropped_count": 7, "clock_offset_ms": -12.5, "interval_ms": 10000,
             "metrics": {"cpu_usage": 12.5, "memory_usage": 40, "disk_usage": 7e1, "battery_level": 99,
                         "temperature": -4.5}}
            """)
        #expect(answer.status == 200 && answer.json["status"]?.text == "online", "\(answer.text)")
        let device = try await place.send("GET", "/api/v1/fleet/devices/DEV-1").json
        #expect(device["cpu_usage"] == .number(12.5) && device["temperature"] == .number(-4.5))
        #expect(device["battery_level"]?.int == 99 && device["disk_usage"]?.int == 70)
        #expect(device["current_session_id"]?.int == 1 && device["current_capsule_id"]?.int == 1)
        #expect(device["agent_version"]?.text == "1.2" && device["spool_depth"]?.int == 3)
        #expect(device["dropped_count"]?.int == 7 && device["clock_offset_ms"] == .number(-12.5))
        #expect(device["last_heartbeat_at"]?.text?.isEmpty == false)
        for (json, code) in [
            (#"{"metrics":{"cpu_usage":101}}"#, "invalid_parameter"),
            (#"{"metrics":{"speed":1}}"#, "unknown_parameter"),
            (#"{"metrics":[1]}"#, "invalid_parameter"), (#"{"status":"asleep"}"#, "invalid_parameter"),
            (#"{"colour":"red"}"#, "unknown_parameter"), (#"{"device_id":"DEV-9"}"#, "unknown_device"),
            (#"{"a":1,"a":2}"#, "repeated_parameter"), (#"{"spool_depth":-1}"#, "invalid_parameter"),
            ("[", "invalid_json"),
        ] { #expect(try await beat(client, json).problem == code, "\(json)") }
        // Nobody speaks for another.
        _ = try await place.registered("DEV-2")
        #expect(try await beat(client, #"{"device_id":2}"#).problem == "unknown_device")
        #expect(try await beat(nil).problem == "missing_parameter")
        #expect(try await beat(nil, #"{"device_id":"DEV-2","status":"error"}"#).json["status"]?.text == "error")
    }

    /// Offline after three intervals, at that time and not before, and back with the next heartbeat.
    @Test func silenceTurnsADeviceOffline() async throws {
        let fleet = place.server.services.fleet
        let client = try await place.registered("DEV-1")
        let quick = try await place.registered("DEV-2")
        #expect(try await status() == "offline")
        #expect(try await beat(client).json["status"]?.text == "online")
        #expect(try await beat(quick, #"{"interval_ms":1000}"#).status == 200)
        #expect(try await place.send("GET", "/api/v1/fleet/devices?status=online").json["devices"]?.array.count == 2)
        clock.advance(seconds: 2.999)
        try await fleet.markSilent()
        #expect(try await status("DEV-2") == "online")
        clock.advance(seconds: 0.001)
        try await fleet.markSilent()
        #expect(try await status("DEV-2") == "offline")
        clock.advance(seconds: 86.999)
        try await fleet.markSilent()
        #expect(try await status() == "online")
        clock.advance(seconds: 0.001)
        try await fleet.markSilent()
        #expect(try await status() == "offline")
        #expect(try await place.send("GET", "/api/v1/fleet/devices?status=online").json["devices"]?.array.count == 0)
        #expect(try await beat(client).json["status"]?.text == "online")
        // Maintenance is the operator's, however long it lasts and whatever the device says.
        let held = try await place.send("PUT", "/api/v1/fleet/devices/1", json: #"{"status":"maintenance"}"#)
        #expect(held.status == 200)
        clock.advance(seconds: 1_000)
        try await fleet.markSilent()
        #expect(try await beat(client).json["status"]?.text == "maintenance")
        #expect(try await place.send("PUT", "/api/v1/fleet/devices/1", json: #"{"status":"offline"}"#).status == 200)
        #expect(try await beat(client).json["status"]?.text == "online")
        #expect(try await place.send("GET", "/api/v1/admin/check").json["problems"] == .array([]))
    }

    /// While the server was away it heard nobody: a device has three intervals from its start on.
    @Test func theServersOwnSilenceDoesNotCount() async throws {
        let client = try await place.registered("DEV-1")
        #expect(try await beat(client).status == 200)
        try await place.stop()
        clock.advance(seconds: 3_600)
        let clock = clock
        let again = try await EncryptedServer(in: place.directory) { clock.now }
        let fleet = again.server.services.fleet
        clock.advance(seconds: 89)
        try await fleet.markSilent()
        #expect(try await fleet.device("DEV-1").status == .online)
        clock.advance(seconds: 1)
        try await fleet.markSilent()
        #expect(try await fleet.device("DEV-1").status == .offline)
    }

    /// A clock that somebody sets, forwards or back, makes nobody silent, and hides no silence.
    @Test func settingTheClockTurnsNobodyOffline() async throws {
        let (wall, steady) = (TestClock(), TestClock())
        let place = try await EncryptedServer(
            clock: { wall.now }, monotonicClock: { steady.now.microseconds })
        let fleet = place.server.services.fleet
        let client = try await place.registered("DEV-1")
        func beat() async throws {
            let answer = try await place.send("POST", "/api/v1/fleet/heartbeat", json: "{}", on: client)
            #expect(answer.status == 200, "\(answer.text)")
        }
        try await beat()
        for jump in [86_400, -2 * 86_400, 86_400] as [Double] {
            wall.advance(seconds: jump)
            #expect(try await fleet.markSilent() == 0)
        }
        wall.advance(seconds: -3_600)
        try await beat()
        steady.advance(seconds: 89.9)
        #expect(try await fleet.markSilent() == 0)
        steady.advance(seconds: 0.1)
        #expect(try await fleet.markSilent() == 1)
        #expect(try await fleet.device("DEV-1").status == .offline)
    }

    /// Heartbeats for a day, five minutes together for a month, hours for a year.
    @Test func measuresBecomeCoarserAndGo() async throws {
        let client = try await place.registered("DEV-1")
        // The start of an hour.
        clock.advance(microseconds: 3_600_000_000 - clock.now.microseconds % 3_600_000_000)
        for index in 0..<240 {
            let metrics = #"{"metrics":{"cpu_usage":\#(index % 10),"battery_level":50}}"#
            #expect(try await beat(client, metrics).status == 200)
            clock.advance(seconds: 30)
        }
        func points(_ parameters: String) async throws -> JSONValue {
            try await place.send("GET", "/api/v1/fleet/devices/DEV-1/metrics" + parameters).json
        }
        let hour = try await points("")
        #expect(hour["step"]?.text == "heartbeat" && hour["points"]?.array.count == 120)
        #expect(hour["points"]?[3]?["cpu_usage"]?["avg"]?.int == 3 && hour["points"]?[3]?["temperature"] == .null)
        let fine = try await points("?since=3h&step=5m")
        #expect(fine["points"]?.array.count == 24)
        #expect(fine["points"]?.array.allSatisfy { $0["count"]?.int == 10 } == true)
        #expect(fine["points"]?[0]?["cpu_usage"]?["avg"] == .number(4.5))
        #expect(fine["points"]?[0]?["cpu_usage"]?["max"]?.int == 9)
        let day = try await points("?since=30d")
        #expect(day["step"]?.text == "1h" && day["points"]?.array.map { $0["count"]?.int } == [120, 120])
        #expect(try await points("?since=yesterdayish")["code"]?.text == "invalid_time")
        #expect(try await points("?step=2m")["code"]?.text == "invalid_parameter")

        func stored() async throws -> [MetricRecord.Step: Int] {
            try await place.server.store.readTables { (reader) throws(LogError) in
                var counts: [MetricRecord.Step: Int] = [:]
                try reader.forEach(of: MetricRecord.self) { (row) throws(LogError) in
                    counts[row.step, default: 0] += 1
                    return true
                }
                return counts
            }
        }
        #expect(try await stored() == [.heartbeat: 240, .fiveMinutes: 24, .hour: 2])
        clock.advance(seconds: 86_400)
        #expect(try await points("?since=2d&step=heartbeat")["points"]?.array.isEmpty == true)
        for _ in 0..<31 {
            #expect(try await beat(client).status == 200)
            clock.advance(seconds: 1)
        }
        #expect(try await stored() == [.heartbeat: 31, .fiveMinutes: 25, .hour: 3])
        clock.advance(seconds: 30 * 86_400)
        for _ in 0..<5 { #expect(try await beat(client).status == 200) }
        let last = try await stored()
        #expect(last[.fiveMinutes] == 1 && last[.hour] == 4, "\(last)")
        #expect(try await place.send("GET", "/api/v1/admin/check").json["problems"] == .array([]))
    }

    @Test func aShadowHasTwoSides() async throws {
        let client = try await place.registered("DEV-1")
        let path = "/api/v1/fleet/devices/DEV-1/shadow"
        let empty = try await place.send("GET", path, on: client).json
        #expect(empty["desired"]?["version"]?.int == 0 && empty["difference"] == .object([:]))
        let wanted = try await place.send(
            "PUT", path, json: #"{"desired":{"speed":5,"camera":{"fps":30,"on":true},"mode":"auto"}}"#)
        #expect(wanted.status == 200 && wanted.json["desired"]?["version"]?.int == 1, "\(wanted.text)")
        let actual = try await place.send(
            "PUT", path, json: #"{"reported":{"speed":5,"camera":{"fps":15,"on":true}}}"#, on: client)
        #expect(
            actual.json["difference"] == JSONValue(Array(#"{"camera":{"fps":30},"mode":"auto"}"#.utf8)),
            "\(actual.text)")
        #expect(actual.json["reported"]?["document"]?["camera"]?["fps"]?.int == 15)
        let denied = try await place.send("PUT", path, json: #"{"desired":{}}"#, on: client)
        #expect(denied.status == 403)
        let late = try await place.send("PUT", path, json: #"{"desired":{"speed":6},"version":0}"#)
        #expect(late.status == 409 && late.problem == "version_conflict")
        let right = try await place.send("PUT", path, json: #"{"desired":{"speed":6},"version":1}"#)
        #expect(right.json["desired"]?["version"]?.int == 2 && right.json["difference"]?["speed"]?.int == 6)
        for bad in [#"{}"#, #"{"desired":[]}"#, #"{"desired":1}"#, #"{"other":{}}"#] {
            #expect(try await place.send("PUT", path, json: bad).status == 400, "\(bad)")
        }
        let other = try await place.registered("DEV-2")
        #expect(try await place.send("GET", path, on: other).problem == "unknown_device")
    }
}
