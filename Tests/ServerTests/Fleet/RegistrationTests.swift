import HTTPTransport
import LogDB
import LogModel
import Testing

@testable import Server

/// A device's way to its certificate, and what is refused on it.
struct RegistrationTests {
    private let clock = TestClock()
    private let place: EncryptedServer

    init() async throws {
        let clock = clock
        place = try await EncryptedServer { clock.now }
    }

    private func audit(_ action: String) async throws -> [JSONValue] {
        try await place.send("GET", "/api/v1/admin/audit?limit=1000").json["entries"]?.array
            .filter { $0["action"]?.text == action } ?? []
    }

    @Test func aDeviceRegistersAndStoresEntries() async throws {
        let token = try await place.capsule("DEV-1", type: "camera", environment: "production")
        let key = DeviceKey()
        let answer = try await place.register("DEV-1", token, key, info: #"{"model":"X1","cores":4}"#)
        #expect(answer.status == 201 && answer.json["device_id"]?.int == 1, "\(answer.text)")
        #expect(answer.json["iot_thing_name"]?.text == "logdb-dev-1" && answer.json["mqtt_endpoint"]?.text == "")
        #expect(answer.json["ca_certificate"]?.text == String(decoding: place.authority.certificatePEM, as: UTF8.self))
        let client = try place.client(showing: answer, key)
        let stored = try await place.send("POST", "/api/v1/logs/ingest", json: #"[{"message":"up"}]"#, on: client)
        #expect(stored.json["accepted"]?.int == 1)
        // Of itself a device sees what there is, of others nothing.
        let device = try await place.send("GET", "/api/v1/fleet/devices/DEV-1", on: client).json
        #expect(device["registered"]?.flag == true && device["environment"]?.text == "production")
        #expect(device["device_type"]?.text == "camera" && device["device_info"]?["cores"]?.int == 4)
        #expect(device["current_capsule_id"]?.int == 1 && device["iot_certificate_id"]?.text?.count == 32)
        _ = try await place.registered("DEV-2")
        for path in ["/2", "/DEV-2", "/2/certificate"] {
            let other = try await place.send("GET", "/api/v1/fleet/devices" + path, on: client)
            #expect(other.problem == "unknown_device", "\(path) \(other.text)")
        }
        #expect(try await place.send("GET", "/api/v1/fleet/devices", on: client).status == 403)
        let found = try await place.send("GET", "/api/v1/logs?query=environment:production%20device_type:camera")
        #expect(found.json["rows"]?.array.count == 1)
        #expect(try await audit("device.register").count == 2)
        #expect(try await place.send("GET", "/api/v1/admin/check").json["problems"] == .array([]))
    }

    /// However many come at once, one key gets a certificate, and each other is told why not.
    @Test func aTokenIsGoodOnce() async throws {
        let token = try await place.capsule("DEV-1")
        let server = place
        let answers = try await withThrowingTaskGroup(of: (Int, String?).self) { group in
            for _ in 0..<100 {
                group.addTask {
                    let answer = try await server.register("DEV-1", token, DeviceKey())
                    return (answer.status, answer.problem)
                }
            }
            return try await group.reduce(into: [(Int, String?)]()) { $0.append($1) }
        }
        #expect(answers.filter { $0.0 == 201 }.count == 1)
        for (status, problem) in answers where status != 201 {
            #expect(problem == "registration_token_used" || problem == "rate_limited", "\(status)")
        }
        let refused = try await audit("device.register").filter { $0["outcome"]?.text == "refused" }
        #expect(refused.count == answers.filter { $0.1 == "registration_token_used" }.count && !refused.isEmpty)
        #expect(refused.allSatisfy { $0["detail"]?.text == "registration_token_used" && $0["target"]?.text == "DEV-1" })
        let certificates = try await place.send("GET", "/api/v1/fleet/devices/DEV-1/certificate").json
        #expect(certificates["certificates"]?.array.count == 1)
    }

    @Test func theSameKeyGetsTheSameCertificateForTenMinutes() async throws {
        let token = try await place.capsule("DEV-1")
        let key = DeviceKey()
        let server = place
        let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
            for _ in 0..<20 { group.addTask { try await server.register("DEV-1", token, key) } }
            return try await group.reduce(into: [Answer]()) { $0.append($1) }
        }
        #expect(answers.map(\.status).sorted() == [Int](repeating: 200, count: 19) + [201])
        #expect(Set(answers.map { $0.json["certificate"]?.text }).count == 1)
        clock.advance(seconds: 599)
        #expect(try await place.register("DEV-1", token, key).status == 200)
        clock.advance(seconds: 2)
        #expect(try await place.register("DEV-1", token, key).problem == "registration_token_used")
    }

    @Test func whatIsNotRightIsRefusedAndWrittenDown() async throws {
        let token = try await place.capsule("DEV-1")
        let late = try await place.capsule("DEV-2")
        let key = DeviceKey()
        let parts = token.split(separator: ".").map(String.init)
        let forged = [
            "", "x.y.z", parts[0] + "." + parts[1] + "." + String(parts[2].reversed()),
            Base64URL.encode(Array(#"{"alg":"none","typ":"JWT"}"#.utf8)) + "." + parts[1] + ".",
        ]
        for text in forged.dropFirst() {
            let answer = try await place.register("DEV-1", text, key)
            #expect(answer.status == 401 && answer.problem == "invalid_registration_token", "\(text) \(answer.text)")
        }
        #expect(try await place.register("DEV-1", "", key).problem == "missing_parameter")
        #expect(try await place.register("DEV-9", token, key).problem == "invalid_registration_token")
        var weak = #"{"dsn":"DEV-1","registration_token":"\#(token)","csr":"nothing"}"#
        #expect(try await place.send("POST", "/api/v1/fleet/register", json: weak).problem == "invalid_csr")
        weak = #"{"dsn":"DEV-1","registration_token":"\#(token)","csr":"x","colour":1}"#
        #expect(try await place.send("POST", "/api/v1/fleet/register", json: weak).problem == "unknown_parameter")
        clock.advance(seconds: 86_401)
        #expect(try await place.register("DEV-2", late, key).problem == "registration_token_expired")
        let details = try await audit("device.register").map { $0["detail"]?.text }
        #expect(
            details == [
                "registration_token_expired", "invalid_csr", "invalid_registration_token", "invalid_registration_token",
                "invalid_registration_token", "invalid_registration_token",
            ])
        #expect(try await place.send("GET", "/api/v1/fleet/devices").json["devices"] == .array([]))
    }

    @Test func whoTriesTooOftenWaits() async throws {
        var problems: [String?] = []
        for _ in 0..<12 { problems.append(try await place.register("DEV-1", "x.y.z", DeviceKey()).problem) }
        #expect(problems.first == "invalid_registration_token" && problems.last == "rate_limited")
        // Another device at the same address is not held up by it.
        #expect(try await place.register("DEV-2", try await place.capsule("DEV-2"), DeviceKey()).status == 201)
    }

    @Test func aSerialNumberOfAnotherAccountStaysThere() async throws {
        _ = try await place.server.services.identities.addUser(
            "other", role: .admin, account: "other", password: "correct horse", by: .command)
        let body = #"{"dsn":"DEV-1","type":"drone","account":"other"}"#
        let made = try await place.send("POST", "/api/v1/capsules/generate", json: body)
        #expect(made.status == 201 && made["Content-Type"] == "application/yaml")
        #expect(made.text.contains("account_id: \"other\"") && made.text.contains("environment: \"testing\""))
        let token = try #require(made.text.firstMatch(of: /registration_token: "(.*?)"/)).1
        // Somebody else was faster.
        _ = try await place.registered("DEV-1")
        let late = try await place.register("DEV-1", String(token), DeviceKey())
        #expect(late.status == 403 && late.problem == "foreign_device", "\(late.text)")
        let again = try await place.send("POST", "/api/v1/capsules/generate", json: body)
        #expect(again.problem == "foreign_device")
        for bad in [
            #"{"dsn":"a b","type":"drone"}"#, #"{"dsn":"x\u0000","type":"drone"}"#, #"{"type":"drone"}"#,
            #"{"dsn":"x"}"#, #"{"dsn":"x","type":"boat"}"#, #"{"dsn":"x","type":"drone","composition":[]}"#,
            #"{"dsn":"x","type":"drone","account":"nobody"}"#, #"{"dsn":"x""#,
        ] {
            #expect(try await place.send("POST", "/api/v1/capsules/generate", json: bad).status == 400, "\(bad)")
        }
    }

    /// The token is nowhere but in the answer.
    @Test func tokensAreKeptAsHashes() async throws {
        let token = try await place.capsule("DEV-1")
        let rows = try await place.server.store.readTables { (reader) throws(LogError) in
            try reader.row(1, of: CapsuleRecord.self)
        }
        #expect(rows?.tokenHash == OpenSSL.sha256(Array(token.utf8)))
        #expect(try await !place.send("GET", "/api/v1/admin/audit").text.contains(token))
    }
}
