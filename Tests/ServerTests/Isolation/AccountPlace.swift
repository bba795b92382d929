import HTTPTransport
import LogDB
import LogModel
import Testing

@testable import Server

/// Who sends a request in the tests of isolation: by a header on the main listener, or by a certificate on that for devices.
struct Sender: Sendable {
    var name: String
    var transport: HTTPTransport
    var base: String
    var headers: [String: String] = [:]

    func send(
        _ method: String, _ path: String, json: String? = nil, headers more: [String: String] = [:]
    ) async throws -> Answer {
        var headers = headers.merging(more) { $1 }
        if json != nil { headers["Content-Type"] = headers["Content-Type"] ?? "application/json" }
        return Answer(
            try await transport.send(
                HTTPCall(
                    method: method, url: base + path, headers: headers.map { HTTPField($0.key, $0.value) },
                    body: Array((json ?? "").utf8), timeout: .seconds(300))))
    }
}

/// One account with one of everything. All that is its own has its mark in it, so that an answer that shows anything of it
/// has the mark too; `secrets` are what has no room for one.
struct AccountPlace: Sendable {
    let name: String
    let mark: String
    let id: UInt64
    /// Everything that the account may do.
    let key: Sender
    /// The only device, by its certificate.
    let device: Sender
    let dsn: String
    let session: String
    /// Of the device, the session, the command, the capsule and the refused batch alike.
    let number: UInt64
    let serial: String
    let entry: String
    let user: String
    let keyName: String

    /// What nobody else's answer may have in it.
    var secrets: [String] { [mark, serial, temperature] }

    private static func temperature(_ number: UInt64) -> String { "\(2_000 + number).719" }
    private var temperature: String { AccountPlace.temperature(number) }

    /// - Parameter number: What the ids of the account's things will be.
    static func make(_ name: String, number: UInt64, in place: EncryptedServer) async throws -> AccountPlace {
        let mark = "qx" + name
        let identities = place.server.services.identities
        let (user, keyName) = (mark + "-admin", mark + "-key")
        _ = try await identities.addUser(
            user, role: .admin, account: name, password: GuardedServer.password, by: .command)
        let text = try await identities.addAPIKey(
            keyName, scopes: Permissions.names, account: name, by: .command
        ).text
        let key = place.sender(name + " key", ["X-API-Key": text])
        let (dsn, session) = (mark + "-dev", mark + "-run")

        func done(
            _ sender: Sender, _ method: String, _ path: String, _ json: String?, _ status: Int = 200
        ) async throws -> Answer {
            let answer = try await sender.send(method, "/api/v1" + path, json: json, headers: ["Accept": "*/*"])
            try #require(answer.status == status, "\(name): \(method) \(path) \(answer.text)")
            return answer
        }
        let capsule = try await key.send(
            "POST", "/api/v1/capsules/generate",
            json: #"{"dsn":"\#(dsn)","type":"drone","composition":{"mission":"\#(mark)-composition"}}"#,
            headers: ["Accept": "application/json"])
        try #require(capsule.status == 201, "\(capsule.text)")
        let deviceKey = DeviceKey()
        let token = try #require(capsule.json["registration_token"]?.text)
        let registered = try await place.register(dsn, token, deviceKey, info: #"{"model":"\#(mark)-model"}"#)
        try #require(registered.status == 201, "\(registered.text)")
        let device = Sender(
            name: name + " device", transport: try place.client(showing: registered, deviceKey), base: place.deviceURL)

        _ = try await done(key, "PUT", "/fleet/devices/\(dsn)", #"{"name":"\#(mark)-name"}"#)
        _ = try await done(
            device, "POST", "/sessions", #"{"session_id":"\#(session)","name":"\#(mark)-mission"}"#, 201)
        _ = try await done(
            device, "POST", "/fleet/heartbeat",
            #"{"current_session_id":"\#(session)","metrics":{"temperature":\#(temperature(number))}}"#)
        _ = try await done(device, "PUT", "/fleet/devices/\(dsn)/shadow", #"{"reported":{"at":"\#(mark)-dock"}}"#)
        _ = try await done(key, "PUT", "/fleet/devices/\(dsn)/shadow", #"{"desired":{"at":"\#(mark)-field"}}"#)
        _ = try await done(
            key, "POST", "/fleet/commands",
            #"{"device_id":"\#(dsn)","command":"\#(mark)-command","arguments":{"to":"\#(mark)-base"}}"#, 201)
        let entries = ["INFO", "ERROR"].map {
            #"{"session_id":"\#(session)","level":"\#($0)","module":"\#(mark)-module","message":"\#(mark) message","#
                + #""context":{"\#(mark)_key":"\#(mark)-value"}}"#
        }
        _ = try await done(device, "POST", "/logs/ingest", "[\(entries.joined(separator: ","))]")
        _ = try await key.send(
            "POST", "/api/v1/logs/ingest", json: #"[{"device":"\#(dsn)","level":"\#(mark)-level","message":"m"}]"#)
        let stored = try await done(key, "GET", "/logs?device=\(dsn)&limit=1", nil)
        let shown = try await done(key, "GET", "/fleet/devices/\(dsn)", nil)
        let certificates = try await done(key, "GET", "/fleet/devices/\(dsn)/certificate", nil)
        try #require(shown.json["id"]?.int == Int(number))
        for path in ["sessions/\(session)", "fleet/commands/\(number)", "logs/quarantine/\(number)"] {
            let answer = try await done(key, "GET", "/" + path, nil)
            try #require(answer.text.contains(mark), "\(path) is not of \(name): \(answer.text)")
        }
        return AccountPlace(
            name: name, mark: mark, id: try #require(identities.accountID(named: name)), key: key, device: device,
            dsn: dsn, session: session, number: number,
            serial: try #require(certificates.json["certificates"]?[0]?["serial"]?.text),
            entry: try #require(stored.json["rows"]?[0]?["id"]?.text), user: user, keyName: keyName)
    }
}

extension EncryptedServer {
    var url: String { "https://localhost:\(port)" }

    /// On the main listener.
    func sender(_ name: String, _ headers: [String: String]) -> Sender {
        Sender(name: name, transport: client(), base: url, headers: headers)
    }

    func signedIn(_ name: String, _ role: Role, account: String) async throws -> Sender {
        _ = try await server.services.identities.addUser(
            name, role: role, account: account, password: GuardedServer.password, by: .command)
        let answer = try await sender(name, [:]).send(
            "POST", "/api/v1/auth/login", json: #"{"username":"\#(name)","password":"\#(GuardedServer.password)"}"#)
        let token = try #require(answer.json["access_token"]?.text, "\(answer.text)")
        return sender(name, ["Authorization": "Bearer \(token)"])
    }
}
