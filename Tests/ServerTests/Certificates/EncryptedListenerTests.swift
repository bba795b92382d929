import Foundation
import HTTPTransport
import LogModel
import Testing

@testable import Server

/// The listeners with TLS, as clients over libcurl and OpenSSL find them.
struct EncryptedListenerTests {
    private let place: EncryptedServer

    init() async throws { place = try await EncryptedServer() }

    @Test func theMainListenerIsWhoItSaysItIs() async throws {
        let trusting = place.client()
        for name in ["localhost", "127.0.0.1"] {
            let reply = try await trusting.send(HTTPCall(url: "https://\(name):\(place.port)/health"))
            #expect(reply.status == 200)
        }
        // A client that trusts nobody in particular does not trust it.
        await #expect(throws: HTTPTransportError.self) {
            try await HTTPTransport().send(HTTPCall(url: "https://localhost:\(place.port)/health"))
        }
        await #expect(throws: HTTPTransportError.self) {
            try await HTTPTransport().send(HTTPCall(url: "http://localhost:\(place.port)/health"))
        }
        let pem = try await trusting.send(HTTPCall(url: "https://localhost:\(place.port)/api/v1/ca"))
        #expect(pem.body == place.authority.certificatePEM)
    }

    @Test func bytesThatAreNoRequestGetAnEncryptedAnswer() async throws {
        let reply = try await place.client().send(
            HTTPCall(
                url: "https://localhost:\(place.port)/health",
                headers: [HTTPField("X", String(repeating: "x", count: 200_000))]))
        #expect(reply.status == 400)
        #expect(String(decoding: reply.body, as: UTF8.self).contains("malformed_request"))
    }

    @Test func aDeviceIsTheOneOfItsCertificate() async throws {
        let robot = try place.client(device: "Robot-1")
        func ingest(_ text: String, _ headers: [HTTPField] = []) async throws -> Answer {
            Answer(
                try await robot.send(
                    HTTPCall(
                        method: "POST", url: place.deviceURL + "/api/v1/logs/ingest",
                        headers: headers + [HTTPField("Content-Type", "application/x-ndjson")], body: Array(text.utf8)))
            )
        }
        let mixed = try await ingest(
            """
            {"message":"nameless"}
            {"device":"Robot-1","message":"mine"}
            {"device":"Robot-2","message":"another's"}

            """)
        #expect(mixed.json["accepted"]?.int == 2 && mixed.json["rejected"]?.int == 1, "\(mixed.text)")
        let numbered = [HTTPField("X-Batch-Boot", "b"), HTTPField("X-Batch-Seq", "1")]
        #expect(try await ingest(#"{"message":"numbered"}"#, numbered).status == 200)
        #expect(try await ingest(#"{"message":"numbered"}"#, numbered).json["duplicates"]?.int == 1)
        let foreign = try await ingest(#"{"message":"x"}"#, numbered + [HTTPField("X-Batch-Device", "Robot-2")])
        #expect(foreign.status == 403 && foreign.problem == "foreign_device")
        var compressor = ZstdCompressor()
        let frame = BatchFrame.encode(Batch([entry("framed", device: "Robot-2")]), level: 1, using: &compressor)
        let framed = Answer(
            try await robot.send(
                HTTPCall(
                    method: "POST", url: place.deviceURL + "/api/v1/logs/ingest",
                    headers: [HTTPField("Content-Type", BatchFrame.mediaType)], body: frame)))
        #expect(framed.status == 403 && framed.problem == "foreign_device")
        // A device stores entries and reads none, whatever else it shows.
        for path in ["/api/v1/logs", "/api/v1/admin/users", "/metrics"] {
            let key = HTTPField("X-API-Key", place.adminKey)
            let reply = try await robot.send(HTTPCall(url: place.deviceURL + path, headers: [key]))
            #expect(reply.status == 403, "\(path)")
        }
        let all = try await place.client().send(
            HTTPCall(
                url: "https://localhost:\(place.port)/api/v1/logs?query=since:1d",
                headers: [HTTPField("X-API-Key", place.adminKey)]))
        let messages = Answer(all).json["rows"]?.array.compactMap { $0["message"]?.text } ?? []
        #expect(Set(messages) == ["nameless", "mine", "numbered"] && messages.count == 3)
    }

    @Test func withoutACertificateOnlyRegistrationIsAnswered() async throws {
        let client = place.client()
        for path in ["/api/v1/logs", "/health", "/metrics", "/", "/api/v1/auth/login"] {
            let reply = try await client.send(
                HTTPCall(url: place.deviceURL + path, headers: [HTTPField("X-API-Key", place.adminKey)]))
            #expect(reply.status == 401, "\(path)")
        }
        #expect(try await client.send(HTTPCall(url: place.deviceURL + "/api/v1/ca")).status == 200)
    }

    /// Expired, of another authority, for another use: none gets so far as an answer.
    @Test func badCertificatesGetNoConnection() async throws {
        let other = try CertificateAuthority.loadOrMake(try ScratchDirectory().path)
        let key = PrivateKey.generate()
        let bad = [
            ("expired", try place.authority.makeDeviceCertificate(.key(key), device: "Robot-1", seconds: -30)),
            ("another authority's", try other.makeDeviceCertificate(.key(key), device: "Robot-1", seconds: 600)),
            (
                "a server's",
                try place.authority.makeDeviceCertificate(
                    .key(key), device: "Robot-1", seconds: 600, usage: "serverAuth")
            ),
        ]
        for (name, certificate) in bad {
            let client = try place.client(certificate, key)
            for _ in 0..<20 {
                var status: Int?
                do { status = try await client.send(HTTPCall(url: place.deviceURL + "/api/v1/ca")).status } catch {}
                #expect(status == nil, "\(name)")
            }
        }
        // One that names no device is as none.
        let (server, serverKey) = try place.authority.makeServerCertificate(names: ["x"])
        #expect(DeviceURI.device(of: server) == nil)
        _ = serverKey
    }

    @Test func nothingOlderThanTLS13() async throws {
        for (port, name) in [(place.port, "main"), (place.devicePort, "device")] {
            let (old, oldText) = try await curl(["--tls-max", "1.2", "https://localhost:\(port)/api/v1/ca"])
            #expect(old != 0, "\(name): \(oldText)")
            let (new, newText) = try await curl(["--tlsv1.3", "https://localhost:\(port)/api/v1/ca"])
            #expect(new == 0 && newText.hasPrefix("-----BEGIN CERTIFICATE-----"), "\(name): \(newText)")
        }
    }

    private func curl(_ arguments: [String]) async throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/curl")
        process.arguments = ["-s", "--cacert", place.authorityFile] + arguments
        let path = place.directory.path + "/curl-\(UUID())"
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        let (ends, end) = AsyncStream.makeStream(of: Int32.self)
        process.terminationHandler = {
            end.yield($0.terminationStatus)
            end.finish()
        }
        try process.run()
        var status: Int32 = -1
        for await ended in ends { status = ended }
        return (status, try String(contentsOfFile: path, encoding: .utf8))
    }
}
