import Foundation
import Glibc
import HTTPTransport
import Testing

struct RegisterCommandTests {
    @Test func aDeviceRegistersOnceAndStaysRegistered() async throws {
        let site = try await DeviceServer()
        let capsule = try await site.capsule("DEV-1")
        let directory = site.scratch.file("certs")
        let first = try await site.register(capsule, directory: directory)
        #expect(first.status == 0, "\(first.errors)")
        #expect(first.output.hasPrefix("DEV-1 is registered as device "), "\(first.output)")
        var status = stat()
        #expect(stat(directory + "/device.key", &status) == 0 && status.st_mode & 0o777 == 0o600)
        let device = try await site.device("DEV-1")
        #expect(device["registered"] as? Bool == true)
        #expect((device["device_info"] as? [String: Any])?["hostname"] is String)

        let certificate = try String(contentsOfFile: directory + "/device.pem", encoding: .utf8)
        let second = try await site.register(capsule, directory: directory)
        #expect(second.status == 0 && second.output.hasPrefix("DEV-1 was registered before"), "\(second.errors)")
        // Without its record it asks again, with the same key, and gets the same certificate.
        for name in ["device.json", "device.pem", "ca.pem"] {
            try FileManager.default.removeItem(atPath: directory + "/" + name)
        }
        let third = try await site.register(capsule, directory: directory)
        #expect(third.status == 0 && third.output.hasPrefix("DEV-1 is registered"), "\(third.errors)")
        #expect(try String(contentsOfFile: directory + "/device.pem", encoding: .utf8) == certificate)

        try await storeEntry(with: directory, at: try backend(of: capsule))
        let found = try await site.server.export("device:DEV-1 environment:testing device_type:drone")
        #expect(found.count == 1)

        // Another device with the same capsule.
        let other = try await site.register(capsule, directory: site.scratch.file("other"))
        #expect(other.status == 2 && other.errors.contains("was used by another key"), "\(other.errors)")
    }

    @Test func aDeviceThatIsKilledAtAnyPointEndsRegistered() async throws {
        let site = try await DeviceServer()
        var random = SeededGenerator(seed: 11)
        for round in 0..<8 {
            let capsule = try await site.capsule("DEV-\(round)")
            let directory = site.scratch.file("certs-\(round)")
            for _ in 0..<2 {
                let process = try ChildProcess(
                    Binaries.agent, ["register", "--capsule", capsule, "--directory", directory],
                    output: site.scratch.file("killed-\(round)"))
                try await Task.sleep(for: .microseconds(Int.random(in: 0..<150_000, using: &random)))
                await process.killNow()
            }
            let last = try await site.register(capsule, directory: directory)
            #expect(last.status == 0, "\(last.errors)")
            try await storeEntry(with: directory, at: try backend(of: capsule))
        }
        #expect(try await site.server.export("environment:testing").count == 8)
    }

    @Test func whatIsWrongIsSaid() async throws {
        let scratch = try ScratchDirectory()
        let missing = try await run(
            Binaries.agent, ["register", "--capsule", scratch.file("none"), "--directory", scratch.file("certs")],
            in: scratch)
        #expect(missing.status == 2 && missing.errors.contains("cannot read"), "\(missing.errors)")
        let capsule = scratch.file("capsule.yaml")
        try "device: {dsn: D}\nfleet: {backend_url: \"http://example.org\", registration_token: t}\n".write(
            toFile: capsule, atomically: false, encoding: .utf8)
        let open = try await run(
            Binaries.agent, ["register", "--capsule", capsule, "--directory", scratch.file("certs")], in: scratch)
        #expect(open.status == 2 && open.errors.contains("is not an https:// address"), "\(open.errors)")
        let away = try await run(
            Binaries.agent,
            [
                "register", "--capsule", capsule, "--directory", scratch.file("certs"), "--timeout", "0", "--server",
                "http://127.0.0.1:\(try TestServer.freePort())",
            ], in: scratch)
        #expect(away.status == 2 && away.errors.contains("the same command goes on"), "\(away.errors)")
    }

    private func backend(of capsule: String) throws -> String {
        let manifest = try String(contentsOfFile: capsule, encoding: .utf8)
        let match = try #require(manifest.firstMatch(of: /backend_url: "([^"]*)"/))
        return String(match.1)
    }

    /// With the device's certificate, as the device's.
    private func storeEntry(with directory: String, at url: String) async throws {
        var settings = HTTPTransport.Settings()
        settings.tls = HTTPTransport.TLS(
            authoritiesFile: directory + "/ca.pem", certificateFile: directory + "/device.pem",
            keyFile: directory + "/device.key")
        let reply = try await HTTPTransport(settings: settings).send(
            HTTPCall(
                method: "POST", url: url + "/api/v1/logs/ingest",
                headers: [HTTPField("Content-Type", "application/x-ndjson")], body: Array(#"{"message":"hello"}"#.utf8))
        )
        #expect(reply.status == 200, "\(String(decoding: reply.body, as: UTF8.self))")
    }
}
