import Foundation
import HTTPTransport
import Synchronization
import Testing

@testable import Agent

/// Registration against a server that answers as a test likes. What a real server makes of it is in EndToEndTests.
struct RegistrationTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private var certificates: String { directory.path + "/certs" }

    private func registration(_ server: String, dsn: String = "DEV-1", token: String = "t-1") throws -> Registration {
        let yaml = """
            device: {dsn: \(dsn)}
            fleet: {backend_url: "\(server)", registration_token: \(token)}
            """
        var registration = Registration(
            capsule: try CapsuleManifest(Array(yaml.utf8), path: "capsule"), directory: certificates)
        registration.patience = .zero
        return registration
    }

    private static func problem(_ code: String) -> [UInt8] {
        Array(#"{"status":400,"title":"Bad","detail":"as it is","code":"\#(code)"}"#.utf8)
    }

    @Test(arguments: [
        (401, "registration_token_expired", "has expired"), (409, "registration_token_used", "another key"),
        (401, "invalid_registration_token", "does not know"), (403, "foreign_device", "another account"),
        (422, "invalid_csr", "remove device.key"), (404, "not_found", "no LogDB server"), (302, "", "no LogDB server"),
        (418, "teapot", "as it is"),
    ])
    func eachRefusalSaysWhatHelps(status: Int, code: String, words: String) async throws {
        let server = try SocketServer { _, client in
            client.answer(status, body: Self.problem(code))
            return true
        }
        let registration = try registration(server.url)
        let error = await #expect(throws: AgentError.self) { try await registration.run { _ in } }
        #expect(error?.code == .refused)
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
        #expect(try Files.isPrivate(certificates + "/device.key"))
    }

    @Test func aServerThatIsBusyIsAskedAgainWithTheSameKey() async throws {
        let requests = Mutex<[String]>([])
        let server = try SocketServer { request, client in
            let count = requests.withLock { requests in
                let object = try? JSONSerialization.jsonObject(with: Data(request.body)) as? [String: Any]
                requests.append(object?["csr"] as? String ?? "")
                return requests.count
            }
            client.answer(count < 3 ? 503 : 401, body: Self.problem("registration_token_expired"))
            return true
        }
        var registration = try registration(server.url)
        registration.patience = .seconds(60)
        registration.backoff = UploadBackoff(first: .milliseconds(1), longest: .milliseconds(1))
        let patient = registration
        let error = await #expect(throws: AgentError.self) { try await patient.run { _ in } }
        #expect(error?.code == .refused)
        #expect(requests.withLock { $0.count } == 3)
        #expect(requests.withLock { Set($0).count } == 1, "each attempt is the same request")
    }

    @Test func aCertificateForAnotherKeyIsNotTaken() async throws {
        let other = try Self.selfSigned(in: directory)
        let server = try SocketServer { _, client in
            let answer = ["device_id": 7, "certificate": other.certificate, "ca_certificate": "x"] as [String: Any]
            client.answer(201, body: Array((try? JSONSerialization.data(withJSONObject: answer)) ?? Data()))
            return true
        }
        let registration = try registration(server.url)
        let error = await #expect(throws: AgentError.self) { try await registration.run { _ in } }
        #expect(error?.code == .unusableServer)
        #expect(try RegistrationRecord.load(certificates) == nil)
    }

    /// A crash after the record and before the files: nobody has to be asked.
    @Test func theFilesAreMadeFromTheRecord() async throws {
        let own = try Self.selfSigned(in: directory)
        try Files.makeDirectory(certificates)
        let files = DeviceFiles(directory: certificates)
        try Files.replace(files.key, with: Array(own.key.utf8), mode: Files.modeOfSecrets)
        let registration = try registration("https://nobody.invalid")
        let record = RegistrationRecord(
            dsn: "DEV-1", deviceID: 7, thingName: "thing", server: "https://nobody.invalid",
            tokenHash: Registration.hash("t-1"), certificate: own.certificate, authority: "an authority")
        try record.save(certificates)
        for _ in 1...2 {
            let outcome = try await registration.run { _ in }
            #expect(outcome.wasRegistered)
            #expect(outcome.deviceID == 7)
            #expect(try directory.text("certs/device.pem") == own.certificate)
            #expect(try directory.text("certs/ca.pem") == "an authority")
        }
        // Another capsule's token is another registration, and asks.
        let next = try self.registration("https://nobody.invalid", token: "t-2")
        let error = await #expect(throws: AgentError.self) { try await next.run { _ in } }
        #expect(error?.code == .unreachable)
        let foreign = try self.registration("https://nobody.invalid", dsn: "DEV-2")
        let refusal = await #expect(throws: AgentError.self) { try await foreign.run { _ in } }
        #expect(refusal?.message.contains("belongs to the device “DEV-1”") == true)
    }

    @Test func aKeyThatOthersMayReadIsNotUsed() async throws {
        try Files.makeDirectory(certificates)
        let own = try Self.selfSigned(in: directory)
        try directory.write("certs/device.key", own.key)
        #expect(chmod(certificates + "/device.key", 0o644) == 0)
        let registration = try registration("https://nobody.invalid")
        let error = await #expect(throws: AgentError.self) { try await registration.run { _ in } }
        #expect(error?.message.contains("chmod 600") == true)
    }

    /// A key and a certificate about it, by the openssl command.
    static func selfSigned(in directory: TemporaryDirectory) throws -> (key: String, certificate: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=device",
            "-keyout", directory.path + "/own.key", "-out", directory.path + "/own.pem", "-days", "30",
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return (try directory.text("own.key"), try directory.text("own.pem"))
    }
}
