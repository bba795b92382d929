import Foundation
import HTTPTransport
import LogModel
import Testing

@testable import Server

/// One authority takes another's place: nobody is locked out before the older one is retired.
struct AuthorityRotationTests {
    private func status(_ place: EncryptedServer, _ client: HTTPTransport) async throws -> Int {
        try await place.send("GET", "/api/v1/auth/me", on: client).status
    }

    @Test func bothAreTrustedUntilTheOlderOneIsRetired() async throws {
        let directory = try ScratchDirectory()
        let data = directory.path + "/data"
        let first = try await EncryptedServer(in: directory)
        let (old, oldFile) = (first.authority, directory.path + "/old.pem")
        try Data(old.certificatePEM).write(to: URL(fileURLWithPath: oldFile))
        let key = PrivateKey.generate()
        let oldCertificate = try old.makeDeviceCertificate(.key(key), device: "DEV-1", seconds: 600)
        #expect(try await status(first, try first.client(oldCertificate, key)) == 200)
        try await first.stop()

        try CertificateAuthority.rotate(data)
        #expect(throws: ServerError.self) { try CertificateAuthority.rotate(data) }
        let both = try await EncryptedServer(in: directory)
        let pem = try await both.client().send(HTTPCall(url: both.url + "/api/v1/ca")).body
        #expect(pem == both.authority.certificatePEM && pem.count > old.certificatePEM.count)
        #expect(String(decoding: pem, as: UTF8.self).hasSuffix(String(decoding: old.certificatePEM, as: UTF8.self)))
        #expect(try CertificateAuthority.certificatePEM(data) == pem)
        // A device that knows the old one alone still finds the server, with a certificate of either.
        var settings = HTTPTransport.Settings()
        settings.tls.authoritiesFile = oldFile
        let reply = try await HTTPTransport(settings: settings).send(HTTPCall(url: both.deviceURL + "/api/v1/ca"))
        #expect(reply.status == 200)
        #expect(try await status(both, try both.client(oldCertificate, key)) == 200)
        let newCertificate = try both.authority.makeDeviceCertificate(.key(key), device: "DEV-1", seconds: 600)
        #expect(try await status(both, try both.client(newCertificate, key)) == 200)
        let registered = try await both.registered("DEV-2")
        #expect(try await status(both, registered) == 200)
        let lists = try await both.send("GET", "/api/v1/ca/crl").text
        #expect(lists.components(separatedBy: "BEGIN X509 CRL").count == 3)
        try await both.stop()

        try CertificateAuthority.retire(data)
        #expect(throws: ServerError.self) { try CertificateAuthority.retire(data) }
        let last = try await EncryptedServer(in: directory)
        #expect(last.authority.certificatePEM != old.certificatePEM && last.authority.previous == nil)
        #expect(try await status(last, try last.client(newCertificate, key)) == 200)
        await #expect(throws: HTTPTransportError.self) {
            try await status(last, try last.client(oldCertificate, key))
        }
        await #expect(throws: HTTPTransportError.self) {
            try await HTTPTransport(settings: settings).send(HTTPCall(url: last.deviceURL + "/api/v1/ca"))
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: data + "/ca").sorted()
        #expect(left == ["ca.crt", "ca.key"] && !FileManager.default.fileExists(atPath: data + "/ca.new"))
    }

    /// A crash may leave the old directory taken away and the new one not in its place.
    @Test func aReplacementThatWasCutShortIsFinished() throws {
        let directory = try ScratchDirectory()
        let first = try CertificateAuthority.loadOrMake(directory.path).certificatePEM
        let ca = directory.path + "/ca"
        try FileManager.default.copyItem(atPath: ca, toPath: directory.path + "/copy")
        try CertificateAuthority.rotate(directory.path)
        let both = try #require(try CertificateAuthority.certificatePEM(directory.path))
        try FileManager.default.moveItem(atPath: ca, toPath: ca + ".new")
        try FileManager.default.moveItem(atPath: directory.path + "/copy", toPath: ca + ".old")
        let loaded = try CertificateAuthority.loadOrMake(directory.path)
        #expect(loaded.certificatePEM == both && both != first && both.suffix(first.count) == first[...])
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["ca"])
    }

    @Test func keysStayEncrypted() throws {
        let directory = try ScratchDirectory()
        _ = try CertificateAuthority.loadOrMake(directory.path, passphrase: "correct horse")
        #expect(throws: ServerError.self) { try CertificateAuthority.rotate(directory.path) }
        try CertificateAuthority.rotate(directory.path, passphrase: "correct horse")
        for name in ["ca.key", "previous.key"] {
            let path = directory.path + "/ca/" + name
            let text = try String(contentsOfFile: path, encoding: .utf8)
            #expect(text.contains("ENCRYPTED"))
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
        #expect(throws: ServerError.self) { try CertificateAuthority.load(directory.path) }
        #expect(try CertificateAuthority.load(directory.path, passphrase: "correct horse")?.previous != nil)
        #expect(throws: ServerError.self) { try CertificateAuthority.rotate(directory.path + "/none") }
    }
}
