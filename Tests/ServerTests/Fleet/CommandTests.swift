import HTTPTransport
import LogModel
import Testing

@testable import Server

/// What devices are told, and what becomes of it.
struct CommandTests {
    private let clock = TestClock()
    private let place: EncryptedServer
    private static let path = "/api/v1/fleet/commands"

    init() async throws {
        let clock = clock
        place = try await EncryptedServer { clock.now }
    }

    private func send(_ json: String, key: String? = nil) async throws -> Answer {
        try await place.send(
            "POST", Self.path, json: json, headers: key.map { ["Idempotency-Key": $0] } ?? [:])
    }

    private func poll(_ client: HTTPTransport, _ device: String = "DEV-1", wait: String? = nil) async throws
        -> [JSONValue]
    {
        let path = "/api/v1/fleet/devices/\(device)/commands" + (wait.map { "?wait=\($0)" } ?? "")
        let answer = try await place.send("GET", path, on: client)
        try #require(answer.status == 200, "\(answer.text)")
        return answer.json["commands"]?.array ?? []
    }

    private func report(_ client: HTTPTransport, _ id: Int, _ json: String) async throws -> Answer {
        try await place.send("POST", "/api/v1/fleet/devices/DEV-1/commands/\(id)/result", json: json, on: client)
    }

    @Test func aCommandGoesThereAndItsResultComesBack() async throws {
        let client = try await place.registered("DEV-1")
        #expect(try await poll(client).isEmpty)
        let sent = try await send(
            #"{"device_id":"DEV-1","command":"reboot","arguments":{"delay_s":5},"expires_in":"1h"}"#, key: "one")
        #expect(sent.status == 201 && sent.json["command_id"]?.int == 1 && sent.json["status"]?.text == "queued")
        let again = try await send(
            #"{"device_id":"DEV-1","command":"reboot","arguments":{"delay_s":5},"expires_in":"1h"}"#, key: "one")
        #expect(again.json == sent.json)
        let commands = try await poll(client)
        #expect(commands.count == 1 && commands[0]["command"]?.text == "reboot")
        #expect(commands[0]["arguments"]?["delay_s"]?.int == 5 && commands[0]["attempt"]?.int == 1)
        // It has it; it does not get it again so soon.
        #expect(try await poll(client).isEmpty)
        #expect(try await report(client, 1, #"{"status":"acknowledged"}"#).json["status"]?.text == "acknowledged")
        clock.advance(seconds: 600)
        #expect(try await poll(client).isEmpty)
        let done = try await report(client, 1, #"{"status":"succeeded","output":"bye","exit_code":0}"#)
        #expect(done.json["status"]?.text == "succeeded" && done.json["finished_at"]?.text != nil)
        #expect(try await report(client, 1, #"{"status":"succeeded"}"#).status == 200)
        #expect(try await report(client, 1, #"{"status":"failed"}"#).problem == "command_finished")
        let shown = try await place.send("GET", Self.path + "/1").json
        #expect(shown["output"]?.text == "bye" && shown["exit_code"]?.int == 0)
        let history = try await place.send("GET", "/api/v1/fleet/devices/DEV-1/commands/history", on: client).json
        #expect(history["commands"]?.array.map { $0["id"]?.int } == [1])
        // Nobody has another's commands.
        let other = try await place.registered("DEV-2")
        let foreign = try await place.send("GET", "/api/v1/fleet/devices/DEV-1/commands", on: other)
        #expect(foreign.problem == "unknown_device")
        let stolen = try await place.send(
            "POST", "/api/v1/fleet/devices/DEV-2/commands/1/result", json: #"{"status":"failed"}"#, on: other)
        #expect(stolen.problem == "unknown_command")
        for (json, code) in [
            (#"{"device_id":"DEV-1"}"#, "missing_parameter"), (#"{"command":"x"}"#, "missing_parameter"),
            (#"{"device_id":"DEV-9","command":"x"}"#, "unknown_device"),
            (#"{"device_id":"DEV-1","filter":"type:drone","command":"x"}"#, "missing_parameter"),
            (#"{"device_id":"DEV-1","command":"x","expires_in":"31d"}"#, "invalid_parameter"),
            (#"{"device_id":"DEV-1","command":"x","arguments":[1]}"#, "invalid_parameter"),
            (#"{"filter":"colour:red","command":"x"}"#, "unknown_parameter"),
            (#"{"filter":"type:boat","command":"x"}"#, "invalid_parameter"),
            (#"{"filter":"type:camera","command":"x"}"#, "unknown_device"),
        ] { #expect(try await send(json).problem == code, "\(json)") }
        #expect(try await place.send("GET", "/api/v1/admin/check").json["problems"] == .array([]))
    }

    /// A device that waits has a command when it is sent.
    @Test func whoWaitsGetsItAtOnce() async throws {
        let client = try await place.registered("DEV-1")
        let bell = place.server.services.fleet.bell
        let place = place
        async let commands = place.send("GET", "/api/v1/fleet/devices/DEV-1/commands?wait=60s", on: client)
        while bell.waitingCount == 0 { await Task.yield() }
        #expect(try await send(#"{"device_id":1,"command":"beep"}"#).status == 201)
        #expect(try await commands.json["commands"]?[0]?["command"]?.text == "beep")
        #expect(bell.waitingCount == 0)
        #expect(
            try await place.send("GET", "/api/v1/fleet/devices/1/commands?wait=10ms", on: client).json["commands"]
                == .array([]))
        for wait in ["61s", "x", "-1s"] {
            let answer = try await place.send("GET", "/api/v1/fleet/devices/1/commands?wait=\(wait)", on: client)
            #expect(answer.problem == "invalid_parameter", "\(wait)")
        }
        // One whose certificate is taken back waits no longer, and a server that stops waits for nobody.
        let second = try await place.registered("DEV-2")
        async let cut = try? place.send("GET", "/api/v1/fleet/devices/DEV-2/commands?wait=60s", on: second)
        async let ended = try? place.send("GET", "/api/v1/fleet/devices/DEV-1/commands?wait=60s", on: client)
        while bell.waitingCount < 2 { await Task.yield() }
        #expect(
            try await place.send("POST", "/api/v1/fleet/devices/DEV-2/certificate/revoke", json: "{}").status == 200)
        #expect(await cut?.status ?? 401 == 401)
        while bell.waitingCount > 1 { await Task.yield() }
        try await place.stop()
        #expect(await ended?.status ?? 200 == 200)
    }

    @Test func whatComesToNothingIsKeptAndSentAgain() async throws {
        let client = try await place.registered("DEV-1")
        for name in ["silent", "failing", "late", "unwanted"] {
            let expires = name == "late" ? "30s" : "1d"
            let sent = try await send(
                #"{"device_id":1,"command":"\#(name)","expires_in":"\#(expires)","max_attempts":2}"#)
            #expect(sent.status == 201)
        }
        #expect(try await place.send("DELETE", Self.path + "/4").status == 204)
        #expect(try await place.send("DELETE", Self.path + "/4").problem == "command_finished")
        #expect(try await poll(client).map { $0["command"]?.text } == ["silent", "failing", "late"])
        #expect(try await report(client, 2, #"{"status":"failed","output":"no"}"#).json["status"]?.text == "delivered")
        clock.advance(seconds: 31)
        try await place.server.services.fleet.expireCommands()
        #expect(try await place.send("GET", Self.path + "/3").json["status"]?.text == "expired")
        clock.advance(seconds: 30)
        #expect(try await poll(client).map { $0["command"]?.text } == ["silent", "failing"])
        #expect(try await report(client, 2, #"{"status":"failed","output":"no"}"#).json["status"]?.text == "failed")
        clock.advance(seconds: 60)
        #expect(try await poll(client).isEmpty)
        let dead = try await place.send("GET", Self.path + "/dead-letters").json["commands"]?.array ?? []
        #expect(dead.map { $0["status"]?.text } == ["failed", "failed", "expired"])
        #expect(dead.map { $0["command"]?.text } == ["silent", "failing", "late"])
        let page = try await place.send("GET", Self.path + "/dead-letters?limit=2").json
        #expect(page["next_cursor"]?.text == "2")
        #expect(try await place.send("GET", Self.path + "/dead-letters?cursor=2").json["commands"]?.array.count == 1)
        let replayed = try await place.send("POST", Self.path + "/2/replay")
        #expect(replayed.status == 201 && replayed.json["command_id"]?.int == 5, "\(replayed.text)")
        #expect(try await place.send("POST", Self.path + "/2/replay").problem == "unknown_command")
        #expect(try await poll(client).map { $0["id"]?.int } == [5])
        #expect(try await place.send("GET", Self.path + "/dead-letters").json["commands"]?.array.count == 2)
        #expect(try await place.send("GET", "/api/v1/admin/check").json["problems"] == .array([]))
    }

    @Test func aFilterReachesMany() async throws {
        var clients: [HTTPTransport] = []
        for number in 1...3 { clients.append(try await place.registered("DEV-\(number)")) }
        _ = try await place.register("CAM", try await place.capsule("CAM", type: "camera"), DeviceKey())
        let sent = try await send(#"{"filter":"environment:testing type:drone","command":"land"}"#)
        #expect(sent.status == 201 && sent.json["command_ids"]?.array.count == 3, "\(sent.text)")
        for (number, client) in clients.enumerated() {
            #expect(try await poll(client, "DEV-\(number + 1)").map { $0["command"]?.text } == ["land"])
        }
        let audit = try await place.send("GET", "/api/v1/admin/audit?limit=1").json["entries"]?[0]
        #expect(audit?["action"]?.text == "command.send" && audit?["target"]?.text == "3 devices")
    }
}
