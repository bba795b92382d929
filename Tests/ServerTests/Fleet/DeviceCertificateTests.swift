import Foundation
import HTTPTransport
import LogModel
import Testing

@testable import Server

/// What becomes of a device's certificates.
struct DeviceCertificateTests {
    private let clock = TestClock()
    private let place: EncryptedServer

    init() async throws {
        let clock = clock
        place = try await EncryptedServer { clock.now }
    }

    private static let entry = #"[{"message":"m"}]"#

    private func ingest(_ client: HTTPTransport) async throws -> Answer {
        try await place.send("POST", "/api/v1/logs/ingest", json: Self.entry, on: client)
    }

    @Test func aDeviceRenewsWithWhatItHas() async throws {
        let client = try await place.registered("DEV-1")
        let path = "/api/v1/fleet/devices/DEV-1/certificate"
        let key = DeviceKey()
        let body = #"{"csr":"# + quoted(key.request) + "}"
        let renewed = try await place.send("POST", path, json: body, on: client)
        #expect(renewed.status == 201, "\(renewed.text)")
        let newer = try place.client(showing: renewed, key)
        for client in [client, newer] { #expect(try await ingest(client).status == 200) }
        let again = try await place.send("POST", path, json: body, on: client)
        #expect(again.json["serial"] == renewed.json["serial"])
        let days = try #require(Certificate(pem: Array((renewed.json["certificate"]?.text ?? "").utf8)))
        #expect(days.uris == ["urn:logdb:device:DEV-1"])
        #expect(abs(days.expires - (Timestamp.now.microseconds / 1_000_000 + 90 * 86_400)) < 600)
        // Nobody does it for another, and nobody without a certificate.
        let other = try await place.registered("DEV-2")
        #expect(try await place.send("POST", path, json: body, on: other).problem == "unknown_device")
        #expect(try await place.send("POST", path, json: body).problem == "certificate_needed")
        let broken = try await place.send("POST", path, json: #"{"csr":"x"}"#, on: client)
        #expect(broken.status == 422 && broken.problem == "invalid_csr")
    }

    /// A connection that is open is closed, and a new one is answered with nothing but why.
    @Test func whatIsTakenBackOpensNothing() async throws {
        let key = DeviceKey()
        let answer = try await place.register("DEV-1", try await place.capsule("DEV-1"), key)
        let client = try place.client(showing: answer, key)
        let otherKey = DeviceKey()
        let otherAnswer = try await place.register("DEV-2", try await place.capsule("DEV-2"), otherKey)
        let other = try place.client(showing: otherAnswer, otherKey)
        #expect(try await ingest(client).status == 200)
        let path = "/api/v1/fleet/devices/DEV-1/certificate/revoke"
        let unknown = try await place.send("POST", path, json: #"{"serial":"00"}"#)
        #expect(unknown.problem == "unknown_certificate")
        let revoked = try await place.send("POST", path, json: "{}")
        #expect(revoked.json["revoked"]?.array.count == 1, "\(revoked.text)")
        #expect(try await place.send("POST", path, json: "{}").json["revoked"]?.array.count == 0)
        for path in ["/api/v1/logs/ingest", "/api/v1/fleet/register", "/api/v1/fleet/devices/DEV-1/certificate"] {
            let refused = try await place.send(
                "POST", path, json: Self.entry, on: try place.client(showing: answer, key))
            #expect(refused.status == 401 && refused.problem == "certificate_revoked", "\(path) \(refused.text)")
        }
        #expect(try await ingest(other).status == 200)
        // It comes back with a new capsule.
        let back = try await place.register("DEV-1", try await place.capsule("DEV-1"), DeviceKey())
        #expect(back.status == 201 && back.json["device_id"]?.int == 1)

        // What is taken back stays so over a restart, and so does a device that was taken away.
        #expect(try await place.send("DELETE", "/api/v1/fleet/devices/DEV-2").status == 204)
        try await place.stop()
        let again = try await EncryptedServer(in: place.directory)
        for (answer, key) in [(answer, key), (otherAnswer, otherKey)] {
            let client = try again.client(showing: answer, key)
            let refused = try await again.send("POST", "/api/v1/logs/ingest", json: Self.entry, on: client)
            #expect(refused.problem == "certificate_revoked", "\(refused.text)")
        }
    }

    /// A request that is under way when its certificate is taken back is cut off.
    @Test func openConnectionsAreClosed() async throws {
        let key = DeviceKey()
        let answer = try await place.register("DEV-1", try await place.capsule("DEV-1"), key)
        let base = place.directory.path + "/raw"
        try (answer.json["certificate"]?.text ?? "").write(toFile: base + ".crt", atomically: true, encoding: .utf8)
        try Data(key.key.pem).write(to: URL(fileURLWithPath: base + ".key"))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = [
            "s_client", "-quiet", "-connect", "localhost:\(place.devicePort)", "-CAfile", place.authorityFile, "-cert",
            base + ".crt", "-key", base + ".key",
        ]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        process.terminationHandler = { _ in end.finish() }
        try process.run()
        try input.fileHandleForWriting.write(
            contentsOf: Data(
                ("POST /api/v1/logs/ingest HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n"
                    + "Expect: 100-continue\r\nContent-Length: 100\r\n\r\n").utf8))
        // The server waits for the body of a request that it has let in.
        let invited = try await Task.detached { try output.fileHandleForReading.read(upToCount: 12) }.value
        #expect(invited.map { String(decoding: $0, as: UTF8.self) } == "HTTP/1.1 100")
        let revoked = try await place.send("POST", "/api/v1/fleet/devices/1/certificate/revoke", json: "{}")
        #expect(revoked.status == 200)
        for await _ in ends {}
        #expect(!process.isRunning)
    }

    @Test func theListOfWhatWasTakenBackReads() async throws {
        _ = try await place.registered("DEV-1")
        let before = try await place.send("GET", "/api/v1/ca/crl").text
        #expect(before.hasPrefix("-----BEGIN X509 CRL-----"))
        let revoked = try await place.send("POST", "/api/v1/fleet/devices/1/certificate/revoke", json: "{}")
        let serial = try #require(revoked.json["revoked"]?[0]?.text)
        let file = place.directory.path + "/crl.pem"
        try await place.send("GET", "/api/v1/ca/crl").text.write(toFile: file, atomically: true, encoding: .utf8)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = ["crl", "-in", file, "-noout", "-text", "-CAfile", place.authorityFile]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = try await Task.detached { try output.fileHandleForReading.readToEnd() }.value
        #expect(text.map { String(decoding: $0, as: UTF8.self).lowercased().contains(serial) } == true)
    }
}
