import Foundation
import HTTPTransport
import LogModel
import NIOSSL
import Testing

@testable import Server

struct CertificateAuthorityTests {
    private let directory: ScratchDirectory
    private let authority: CertificateAuthority

    init() throws {
        directory = try ScratchDirectory()
        authority = try CertificateAuthority.loadOrMake(directory.path)
    }

    @Test func itIsMadeOnceAndItsKeyIsItsOwners() throws {
        let again = try CertificateAuthority.loadOrMake(directory.path)
        #expect(again.certificatePEM == authority.certificatePEM)
        let key = directory.path + "/ca/ca.key"
        let mode = try FileManager.default.attributesOfItem(atPath: key)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: key)
        let error = #expect(throws: ServerError.self) { try CertificateAuthority.load(directory.path) }
        #expect(error?.code == .secrets)
        #expect(try CertificateAuthority.load(try ScratchDirectory().path) == nil)
    }

    @Test(arguments: ["RBT-0001", "Roboter mit Leerzeichen,URI:x", "дрон/7%", "a:b;c\u{1}"])
    func aDevicesNameIsInItsCertificate(_ device: String) throws {
        let certificate = try authority.makeDeviceCertificate(.key(.generate()), device: device, seconds: 60)
        #expect(DeviceURI.device(of: certificate) == device)
        #expect(certificate.uris.count == 1)
    }

    @Test func serialsDiffer() throws {
        var serials: Set<String> = []
        for _ in 0..<20 {
            serials.insert(try authority.makeDeviceCertificate(.key(.generate()), device: "d", seconds: 60).serial)
        }
        #expect(serials.count == 20)
    }

    /// What somebody asks for beside a certificate for a key is no business of theirs.
    @Test func ofARequestOnlyTheKeyCounts() async throws {
        let request = try await openssl([
            "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
            directory.path + "/device.key", "-subj", "/CN=root/O=admin", "-addext",
            "subjectAltName=URI:urn:logdb:device:other,DNS:logs.example.org", "-addext", "basicConstraints=CA:TRUE",
            "-addext", "extendedKeyUsage=serverAuth",
        ])
        let pem = try authority.makeDeviceCertificate(requestPEM: request, device: "RBT-0001")
        let certificate = try #require(Certificate(pem: pem))
        #expect(certificate.uris == ["urn:logdb:device:RBT-0001"])
        let file = directory.path + "/device.crt"
        try Data(pem).write(to: URL(fileURLWithPath: file))
        let text = String(decoding: try await openssl(["x509", "-in", file, "-noout", "-text"]), as: UTF8.self)
        #expect(text.contains("CA:FALSE") && !text.contains("CA:TRUE"))
        #expect(text.contains("TLS Web Client Authentication") && !text.contains("TLS Web Server Authentication"))
        #expect(!text.contains("root") && !text.contains("logs.example.org"))
        // Signed with another key than the one it is about.
        var broken = request
        let middle = String(decoding: request, as: UTF8.self)
        let line = middle.split(separator: "\n")[2]
        let index = middle.utf8.distance(from: middle.startIndex, to: line.startIndex)
        for offset in 0..<8 { broken[index + offset] = UInt8(ascii: "A") }
        #expect(throws: ServerError.self) {
            try authority.makeDeviceCertificate(requestPEM: broken, device: "RBT-0001")
        }
        #expect(throws: ServerError.self) { try authority.makeDeviceCertificate(requestPEM: [], device: "x") }
    }

    @Test func serverNamesAreChecked() throws {
        for name in ["", "a b", "a,DNS:b", "münchen", "1.2.3.4:80", "x/y", "::g"] {
            #expect(throws: ServerError.self, "\(name)") { try authority.makeServerCertificate(names: [name]) }
        }
        _ = try authority.makeServerCertificate(names: ["logs.example.org", "10.0.0.1", "fe80::1"])
    }

    private func openssl(_ arguments: [String]) async throws -> [UInt8] {
        let output = directory.path + "/output-\(UUID())"
        _ = FileManager.default.createFile(atPath: output, contents: nil)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = arguments
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
        process.standardError = FileHandle.nullDevice
        let (ends, end) = AsyncStream.makeStream(of: Int32.self)
        process.terminationHandler = {
            end.yield($0.terminationStatus)
            end.finish()
        }
        try process.run()
        for await status in ends { #expect(status == 0) }
        return Array(try Data(contentsOf: URL(fileURLWithPath: output)))
    }
}
