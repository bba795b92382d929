import Glibc

/// The product's own certificate authority: a P-256 key and its certificate in `ca/` of the data directory. It signs the
/// certificates of servers and devices, and nothing else.
public struct CertificateAuthority: Sendable {
    let certificate: Certificate
    private let key: PrivateKey

    static let lifetimeSeconds = 10 * 365 * 86_400
    static let serverLifetimeSeconds = 825 * 86_400
    public static let deviceLifetimeSeconds = 90 * 86_400

    /// The certificate, in PEM.
    public var certificatePEM: [UInt8] { certificate.pem }

    private static func directory(_ dataDirectory: String) -> String { dataDirectory + "/ca" }

    /// The authority of a data directory; nil when it has none.
    ///
    /// - Throws: `ServerError` `.secrets` when its files cannot be read, or may be read by others.
    public static func load(_ dataDirectory: String) throws(ServerError) -> CertificateAuthority? {
        let directory = directory(dataDirectory)
        guard let keyPEM = try SecretFile.existing(directory + "/ca.key") else { return nil }
        guard let certificatePEM = try SecretFile.existing(directory + "/ca.crt", isSecret: false),
            let key = PrivateKey(pem: keyPEM), let certificate = Certificate(pem: certificatePEM)
        else {
            throw ServerError(
                .secrets,
                "\(directory) has no key and certificate that belong together; restore both from a copy, or "
                    + "remove both and register every device anew")
        }
        return CertificateAuthority(certificate: certificate, key: key)
    }

    /// The authority of a data directory, made with the directory where there is none.
    ///
    /// - Throws: `ServerError` `.secrets`.
    public static func loadOrMake(_ dataDirectory: String) throws(ServerError) -> CertificateAuthority {
        if let authority = try load(dataDirectory) { return authority }
        let directory = directory(dataDirectory)
        try SecretFile.makeDirectories(directory)
        let key = PrivateKey.generate()
        let made = Certificate.make(
            .key(key), name: "LogDB CA", issuer: nil, seconds: lifetimeSeconds,
            extensions: [
                "basicConstraints": "critical,CA:TRUE,pathlen:0", "keyUsage": "critical,keyCertSign,cRLSign",
                "subjectKeyIdentifier": "hash",
            ])
        guard let certificate = made else { throw ServerError(.secrets, "OpenSSL makes no certificate") }
        // The key comes last: without it there is no authority yet.
        try SecretFile.write(certificate.pem, to: directory + "/ca.crt")
        try SecretFile.write(key.pem, to: directory + "/ca.key")
        return CertificateAuthority(certificate: certificate, key: key)
    }

    /// A certificate for a server, with a new key.
    ///
    /// - Parameter names: Host names and addresses that clients may know it by.
    /// - Throws: `ServerError` `.invalidName`.
    func makeServerCertificate(names: [String]) throws(ServerError) -> (certificate: Certificate, key: PrivateKey) {
        var alternatives: [String] = []
        for name in names {
            let isAddress = name.contains(":") || IPAddress.isVersion4(name)
            guard isAddress ? IPAddress.isAddress(name) : CertificateAuthority.isHostName(name) else {
                throw ServerError(.invalidName, "“\(name)” is no host name and no address; check --public-name")
            }
            alternatives.append((isAddress ? "IP:" : "DNS:") + name)
        }
        let key = PrivateKey.generate()
        let made = Certificate.make(
            .key(key), name: "LogDB server", issuer: (certificate, self.key),
            seconds: CertificateAuthority.serverLifetimeSeconds,
            extensions: [
                "basicConstraints": "critical,CA:FALSE", "keyUsage": "critical,digitalSignature",
                "extendedKeyUsage": "serverAuth", "subjectAltName": alternatives.joined(separator: ","),
                "authorityKeyIdentifier": "keyid",
            ])
        guard let certificate = made else { throw ServerError(.secrets, "OpenSSL makes no certificate") }
        return (certificate, key)
    }

    /// A certificate for a device, in PEM.
    ///
    /// - Parameters:
    ///   - requestPEM: A PKCS #10 request. Of it only the key counts, and that its sender has the private one; the
    ///     subject and extensions that it asks for are passed over.
    ///   - device: The device's serial number, which the certificate is good for.
    /// - Throws: `ServerError` `.invalidRequest`.
    public func makeDeviceCertificate(
        requestPEM: [UInt8], device: String, seconds: Int = CertificateAuthority.deviceLifetimeSeconds
    ) throws(ServerError) -> [UInt8] {
        guard let request = CertificateRequest(pem: requestPEM) else {
            throw ServerError(
                .invalidRequest, "this is no certificate request in PEM, or not signed with the key it is about")
        }
        return try makeDeviceCertificate(.request(request), device: device, seconds: seconds).pem
    }

    func makeDeviceCertificate(
        _ subject: Certificate.Subject, device: String, seconds: Int, usage: String = "clientAuth"
    ) throws(ServerError) -> Certificate {
        let made = Certificate.make(
            subject, name: "LogDB device", issuer: (certificate, key), seconds: seconds,
            extensions: [
                "basicConstraints": "critical,CA:FALSE", "keyUsage": "critical,digitalSignature",
                "extendedKeyUsage": usage, "subjectAltName": "URI:" + DeviceURI.make(device),
                "authorityKeyIdentifier": "keyid",
            ])
        guard let made else { throw ServerError(.invalidRequest, "OpenSSL makes no certificate of this request") }
        return made
    }

    private static func isHostName(_ name: String) -> Bool {
        (1...253).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}

/// A device in a certificate: `urn:logdb:device:` and its serial number, percent-encoded.
enum DeviceURI {
    static let prefix = "urn:logdb:device:"

    static func make(_ device: String) -> String {
        var text = prefix
        for byte in device.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                text += byte < 16 ? "%0" + digits : "%" + digits
            }
        }
        return text
    }

    /// The device that a certificate is good for: that of its one URI of this form.
    static func device(of certificate: Certificate) -> String? {
        let devices = certificate.uris.filter { $0.hasPrefix(prefix) }
        guard devices.count == 1 else { return nil }
        let device = PercentDecoding.decode(devices[0].dropFirst(prefix.count), isForm: false)
        return device.flatMap { $0.isEmpty ? nil : $0 }
    }
}

/// Addresses as text.
enum IPAddress {
    static func isVersion4(_ text: String) -> Bool {
        var address = in_addr()
        return inet_pton(AF_INET, text, &address) == 1
    }

    static func isAddress(_ text: String) -> Bool {
        var address = in6_addr()
        return isVersion4(text) || inet_pton(AF_INET6, text, &address) == 1
    }
}
