import Glibc
import NIOSSL

/// Where the main listener's certificate comes from.
public enum TLSSource: Sendable, Equatable {
    /// The product's own authority makes one at each start, and is made itself where there is none.
    case automatic
    /// PEM files: the certificate with those that lead to its issuer, and its key.
    case files(certificate: String, key: String)
}

/// What the listeners need to encrypt: TLS 1.3, nothing older.
enum TLSSetup {
    /// For the main listener.
    ///
    /// - Throws: `ServerError` `.certificate`, `.secrets`, `.invalidName`.
    static func main(
        _ source: TLSSource, _ authority: ServingAuthority, names: [String]
    ) throws(ServerError) -> NIOSSLContext {
        switch source {
        case .automatic: return try own(authority.get(), names: names, asksForCertificate: false)
        case .files(let certificate, let key):
            do {
                let chain = try NIOSSLCertificate.fromPEMFile(certificate).map {
                    NIOSSLCertificateSource.certificate($0)
                }
                return try context(
                    chain, .privateKey(try NIOSSLPrivateKey(file: key, format: .pem)), roots: nil)
            } catch {
                throw ServerError(
                    .certificate,
                    "\(certificate) and \(key) are no certificate and key in PEM that belong together: "
                        + "\(error)")
            }
        }
    }

    /// For the device listener: the certificate is of the own authority, and so must the client's be.
    static func device(_ authority: ServingAuthority, names: [String]) throws(ServerError) -> NIOSSLContext {
        try own(authority.get(), names: names, asksForCertificate: true)
    }

    private static func own(
        _ authority: CertificateAuthority, names: [String], asksForCertificate: Bool
    ) throws(ServerError) -> NIOSSLContext {
        let (certificate, key) = try authority.makeServerCertificate(names: allNames(names))
        do {
            let issuer = try NIOSSLCertificate(bytes: authority.ofServer.certificate.pem, format: .pem)
            let trusted = try authority.trusted.map { try NIOSSLCertificate(bytes: $0.pem, format: .pem) }
            return try context(
                [
                    .certificate(try NIOSSLCertificate(bytes: certificate.pem, format: .pem)), .certificate(issuer),
                ], .privateKey(try NIOSSLPrivateKey(bytes: key.pem, format: .pem)),
                roots: asksForCertificate ? trusted : nil)
        } catch {
            throw ServerError(.certificate, "the own authority's certificate cannot be used: \(error)")
        }
    }

    private static func context(
        _ chain: [NIOSSLCertificateSource], _ key: NIOSSLPrivateKeySource, roots: [NIOSSLCertificate]?
    ) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeServerConfiguration(certificateChain: chain, privateKey: key)
        configuration.minimumTLSVersion = .tlsv13
        configuration.applicationProtocols = ["http/1.1"]
        if let roots {
            configuration.trustRoots = .certificates(roots)
            // A device that is not registered yet has none; one that shows a bad one gets no connection.
            configuration.certificateVerification = .optionalVerification
        }
        return try NIOSSLContext(configuration: configuration)
    }

    /// By which clients on this machine and elsewhere may know the server.
    private static func allNames(_ names: [String]) -> [String] {
        var all = ["localhost", "127.0.0.1", "::1"]
        var text = [CChar](repeating: 0, count: 256)
        if gethostname(&text, text.count - 1) == 0 {
            let name = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            if !name.isEmpty { all.append(name) }
        }
        for name in names where !all.contains(name) { all.append(name) }
        return all
    }
}
