import HTTPTransport
import LogDB
import LogModel
import Testing

@testable import Server

/// Whose a device is decides what it gets and who may tell it what, also when that changes.
struct OwnershipTests {
    private let clock = TestClock()
    private let place: EncryptedServer

    init() async throws {
        let clock = clock
        place = try await EncryptedServer { clock.now }
    }

    /// Strings that Unicode calls equal name devices that are not the same.
    @Test func aTokenIsForTheBytesOfItsSerialNumber() async throws {
        let kelvin = "DRONE-\u{212a}1"
        #expect(kelvin == "DRONE-K1")
        let token = try await place.capsule(kelvin)
        let refused = try await place.register("DRONE-K1", token, DeviceKey())
        #expect(refused.status == 401 && refused.json["certificate"] == nil, "\(refused.text)")
        #expect(try await place.register(kelvin, token, DeviceKey()).status == 201)
        let devices = try await place.send("GET", "/api/v1/fleet/devices").json["devices"]?.array
        #expect(devices?.compactMap { $0["dsn"]?.text }.map { Array($0.utf8) } == [Array(kelvin.utf8)])
    }

    /// Nobody is asked for the passphrase of a request that pretends to have one.
    @Test func aRequestThatIsEncryptedIsRefused() async throws {
        let lines = DeviceKey().request.split(separator: "\n", omittingEmptySubsequences: false)
        let header = ["Proc-Type: 4,ENCRYPTED", "DEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF", ""]
        let request = ([String(lines[0])] + header + lines.dropFirst().map(String.init)).joined(separator: "\n")
        let token = try await place.capsule("DEV-1")
        let body = #"{"dsn":"DEV-1","registration_token":"\#(token)","csr":"# + quoted(request) + "}"
        let answer = try await place.send("POST", "/api/v1/fleet/register", json: body, on: place.client())
        #expect((400..<500).contains(answer.status), "\(answer.text)")
    }

    @Test func aDeviceThatIsGivenAwayLeavesNothingBehind() async throws {
        _ = try await place.server.services.identities.addUser(
            "stranger", role: .admin, account: "other", password: "correct horse battery", by: .command)
        let client = try await place.registered("DEV-1")
        let path = "/api/v1/fleet/commands"
        for command in ["fails", "waits"] {
            let json = #"{"device_id":"DEV-1","command":"\#(command)","max_attempts":1}"#
            #expect(try await place.send("POST", path, json: json).status == 201)
        }
        let polled = try await place.send("GET", "/api/v1/fleet/devices/DEV-1/commands", on: client)
        #expect(polled.json["commands"]?.array.count == 2)
        let result = try await place.send(
            "POST", "/api/v1/fleet/devices/DEV-1/commands/1/result", json: #"{"status":"failed"}"#, on: client)
        #expect(result.status == 200, "\(result.text)")

        let fleet = place.server.services.fleet
        let owned = try await fleet.device("DEV-1")
        let before = fleet.directory.read { $0.scopeVersion(of: 2) }
        let given = try await place.send("PUT", "/api/v1/fleet/devices/DEV-1", json: #"{"account":"other"}"#)
        #expect(given.json["account"]?.text == "other", "\(given.text)")
        #expect(fleet.directory.read { $0.scopeVersion(of: 2) } > before)
        let poll = try? await place.send("GET", "/api/v1/fleet/devices/DEV-1/commands", on: client)
        #expect(poll == nil || poll?.problem == "certificate_revoked")
        #expect(try await place.send("GET", path + "/2").json["status"]?.text == "cancelled")
        #expect(try await place.send("POST", path + "/1/replay").problem == "unknown_command")
        // What it was told before is not its new owner's to read, and nobody tells it what was meant for it before.
        let now = try await fleet.device("DEV-1")
        #expect(try await fleet.commands(of: now, before: 0, limit: 10).commands.isEmpty)
        #expect(try await fleet.commands(of: owned, before: 0, limit: 10).commands.count == 2)
        await #expect(throws: FleetError.self) {
            _ = try await fleet.send(Fleet.Order(command: "late"), to: [owned], by: .command)
        }
    }

    /// A device that counts its sessions means its own, whatever has that number on the server.
    @Test func aDevicesSessionGoesByItsName() async throws {
        let client = try await place.registered("DEV-1")
        for name in ["2", "other"] {
            let started = try await place.send(
                "POST", "/api/v1/sessions", json: #"{"session_id":"\#(name)"}"#, on: client)
            #expect(started.status == 201, "\(started.text)")
        }
        let ended = try await place.send("PUT", "/api/v1/sessions/2", json: #"{"status":"completed"}"#, on: client)
        #expect(ended.json["session_id"]?.text == "2" && ended.json["id"]?.int == 1, "\(ended.text)")
        // An operator may mean either, and says which.
        #expect(try await place.send("GET", "/api/v1/sessions/2").problem == "ambiguous_session")
        #expect(try await place.send("GET", "/api/v1/sessions/id:2").json["session_id"]?.text == "other")
    }

    @Test func aCertificateThatWasTakenBackRenewsNothing() async throws {
        _ = try await place.registered("DEV-1")
        let fleet = place.server.services.fleet
        let device = try await fleet.device("DEV-1")
        try await fleet.revoke("DEV-1", by: .command)
        // As if the request had been let in before.
        await #expect(throws: FleetError.self) {
            _ = try await fleet.renew(
                device, request: DeviceKey().request, shown: device.certificateID, authority: place.authority,
                by: .command)
        }
        #expect(try await fleet.certificates(of: device.id).count == 1)
    }

    /// What a device says of itself does not outlast what it says next; what an operator says does.
    @Test func maintenanceIsHeldByAnOperatorOnly() async throws {
        let client = try await place.registered("DEV-1")
        func beat(_ status: String) async throws -> String? {
            try await place.send("POST", "/api/v1/fleet/heartbeat", json: "{\"status\":\"\(status)\"}", on: client)
                .json["status"]?.text
        }
        #expect(try await beat("maintenance") == "maintenance")
        #expect(try await beat("online") == "online")
        _ = try await place.send("PUT", "/api/v1/fleet/devices/DEV-1", json: "{\"status\":\"maintenance\"}")
        #expect(try await beat("online") == "maintenance")
        _ = try await place.send("PUT", "/api/v1/fleet/devices/DEV-1", json: "{\"status\":\"online\"}")
        #expect(try await beat("error") == "error")
    }

    /// A connection may outlast the certificate that it began with.
    @Test func aCertificateThatExpiredOpensNothing() async throws {
        let client = try await place.registered("DEV-1")
        #expect(try await place.send("GET", "/api/v1/fleet/devices/DEV-1", on: client).status == 200)
        clock.advance(seconds: 91 * 86_400)
        #expect(try await place.send("GET", "/api/v1/fleet/devices/DEV-1", on: client).problem == "certificate_expired")
    }

    @Test func aDeviceThatGoesByANumberIsItself() async throws {
        _ = try await place.registered("DEV-1")
        let client = try await place.registered("1")
        let answer = try await place.send("POST", "/api/v1/fleet/heartbeat", json: #"{"status":"online"}"#, on: client)
        #expect(answer.status == 200 && answer.json["device_id"]?.int == 2, "\(answer.text)")
        #expect(try await place.send("GET", "/api/v1/fleet/devices/1", on: client).json["dsn"]?.text == "1")
    }

    /// A character may have any number of bytes.
    @Test func whatIsSaidIsBoundedByBytes() {
        let long = "a" + String(repeating: "\u{301}", count: 1_000)
        #expect(long.count == 1 && long.prefix(byteCount: 256).utf8.count == 255)
        #expect("äöü".prefix(byteCount: 3) == "ä" && "abc".prefix(byteCount: 3) == "abc")
        #expect("abc".prefix(byteCount: 0).isEmpty)
    }
}
