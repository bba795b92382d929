import LogDB
import Testing

@testable import Server

struct DevicesRouteTests {
    private static let path = "/api/v1/fleet/devices"

    /// Entries of devices, so that the devices are there.
    private func ingest(_ place: GuardedServer, _ devices: String..., as credential: Credential) async throws {
        let entries = devices.map { #"{"device":"\#($0)","session_id":"s","message":"m"}"# }
        let body = "[" + entries.joined(separator: ",") + "]"
        let answer = try await place.send("POST", "/api/v1/logs/ingest", as: credential, json: body)
        try #require(answer.status == 200, "\(answer.text)")
    }

    @Test func devicesAreListedChangedAndTakenAway() async throws {
        let place = try await GuardedServer()
        let admin = try await place.user(.admin)
        try await ingest(place, "Drone-1", "Drone-2", "7", as: admin)
        let list = try await place.send("GET", Self.path, as: admin).json
        #expect(list["devices"]?.array.compactMap { $0["dsn"]?.text } == ["Drone-1", "Drone-2", "7"])
        #expect(list["next_cursor"] == .null)
        let first = try #require(list["devices"]?[0])
        #expect(first["id"]?.int == 1 && first["name"]?.text == "Drone-1" && first["registered"]?.flag == false)
        #expect(first["status"]?.text == "offline" && first["account"]?.text == "default")
        for missing in [
            "environment", "device_type", "last_heartbeat_at", "iot_thing_name", "iot_certificate_id", "cpu_usage",
            "current_session_id", "battery_level", "device_info",
        ] { #expect(first[missing] == .null, "\(missing)") }
        #expect(first["last_seen_at"]?.text?.isEmpty == false)

        let change = #"{"name":"North dock","device_type":"drone","environment":"production","status":"maintenance"}"#
        let changed = try await place.send("PUT", Self.path + "/Drone-1", as: admin, json: change)
        #expect(changed.status == 200 && changed.json["environment"]?.text == "production", "\(changed.text)")
        // A number is an id where there is one, else a serial number.
        #expect(try await place.send("GET", Self.path + "/1", as: admin).json["name"]?.text == "North dock")
        #expect(try await place.send("GET", Self.path + "/7", as: admin).json["dsn"]?.text == "7")
        for (query, expected) in [
            ("environment=production", ["Drone-1"]), ("status=maintenance&type=drone", ["Drone-1"]),
            ("type=robot", []), ("search=NORTH", ["Drone-1"]), ("search=drone", ["Drone-1", "Drone-2"]),
            ("search=drone&status=offline", ["Drone-2"]),
        ] {
            let found = try await place.send("GET", Self.path + "?" + query, as: admin).json
            #expect(found["devices"]?.array.compactMap { $0["dsn"]?.text } == expected, "\(query)")
        }
        for (method, path, body, code) in [
            ("GET", "?environment=home", nil, "invalid_parameter"), ("GET", "?cursor=x", nil, "invalid_cursor"),
            ("GET", "?limit=0", nil, "invalid_parameter"), ("GET", "/none", nil, "unknown_device"),
            ("PUT", "/none", "{}", "unknown_device"), ("PUT", "/1", #"{"colour":"red"}"#, "unknown_parameter"),
            ("PUT", "/1", #"{"device_type":"boat"}"#, "invalid_parameter"),
            ("PUT", "/1", #"{"account":"nobody"}"#, "unknown_account"),
            ("PUT", "/1", "{\"name\":\"\(String(repeating: "x", count: 257))\"}", "invalid_parameter"),
            ("DELETE", "/none", nil, "unknown_device"),
        ] {
            let answer = try await place.send(method, Self.path + path, as: admin, json: body)
            #expect(answer.problem == code, "\(method) \(path) \(answer.text)")
        }
        #expect(try await place.send("DELETE", Self.path + "/1", as: admin).status == 204)
        for method in ["GET", "DELETE"] {
            #expect(try await place.send(method, Self.path + "/Drone-1", as: admin).status == 404)
        }
        // Its entries are still there, and one that logs again is back.
        #expect(try await place.send("GET", "/api/v1/logs?device=Drone-1", as: admin).json["rows"]?.array.count == 1)
        try await ingest(place, "Drone-1", as: admin)
        #expect(try await place.send("GET", Self.path + "/Drone-1", as: admin).json["id"]?.int == 1)
        let audit = try await place.send("GET", "/api/v1/admin/audit", as: admin).json["entries"]?.array ?? []
        #expect(audit.prefix(2).map { $0["action"]?.text } == ["device.decommission", "device.update"])
        let check = try await place.send("GET", "/api/v1/admin/check", as: admin).json
        #expect(check["intact"]?.flag == true && check["problems"]?.array.isEmpty == true)
    }

    @Test func pagesGoOnWhereTheLastOneEnded() async throws {
        let server = try await RunningServer()
        let lines = (1...25).map { #"{"device":"D\#($0)","message":"m"}"# }.joined(separator: "\n")
        #expect(try await server.ingest(lines).status == 200)
        var found: [Int] = []
        var cursor: String? = ""
        while let at = cursor {
            let page = try await server.get(Self.path + "?limit=10" + (at.isEmpty ? "" : "&cursor=\(at)")).json
            found += page["devices"]?.array.compactMap { $0["id"]?.int } ?? []
            cursor = page["next_cursor"]?.text
        }
        #expect(found == Array(1...25))
    }

    /// Another account's device is as if it were not there, and goes nowhere.
    @Test func devicesAreTheirAccountsOwn() async throws {
        let place = try await GuardedServer()
        let admin = try await place.user(.admin)
        let stranger = try await place.user(.admin, "stranger", account: "other")
        try await ingest(place, "Mine", "Theirs", as: admin)
        let given = try await place.send("PUT", Self.path + "/Theirs", as: admin, json: #"{"account":"other"}"#)
        #expect(given.status == 200 && given.json["account"]?.text == "other")
        let list = try await place.send("GET", Self.path, as: stranger).json
        #expect(list["devices"]?.array.map { $0["dsn"]?.text } == ["Theirs"])
        for reference in ["Mine", "1"] {
            for (method, body) in [("GET", nil), ("PUT", #"{"name":"x"}"#), ("DELETE", nil)] {
                let answer = try await place.send(method, Self.path + "/" + reference, as: stranger, json: body)
                #expect(answer.problem == "unknown_device", "\(method) \(reference)")
            }
        }
        let grab = try await place.send("PUT", Self.path + "/Theirs", as: stranger, json: #"{"account":"default"}"#)
        #expect(grab.status == 403)
        // The entries of a device are its account's, and come back with it after a restart.
        try await ingest(place, "Theirs", as: stranger)
        let rows = try await place.send("GET", "/api/v1/logs", as: stranger).json["rows"]?.array ?? []
        #expect(rows.count == 2 && rows.allSatisfy { $0["device"]?.text == "Theirs" })
        let refused = try await place.send(
            "POST", "/api/v1/logs/ingest", as: stranger, json: #"[{"device":"Mine","message":"m"}]"#)
        #expect(refused.problem == "foreign_device")
        try await place.server.stop()
        let again = try await GuardedServer(in: place.server.directory)
        let back = try await again.signIn("stranger")
        #expect(try await again.send("GET", "/api/v1/logs", as: back).json["rows"]?.array.count == 2)
    }
}
