import Glibc

/// The product's own certificate authority: a P-256 key and its certificate in `ca/` of the data directory. It signs the
/// certificates of servers and devices, and nothing else.
///
/// While it takes the place of another, both are trusted: devices get their certificates from the new one, and the server
/// shows one of the old, which all devices know, until that is retired.
public struct CertificateAuthority: Sendable {
    /// A key, and the certificate that it signs in the name of.
    struct Issuer: Sendable {
        let certificate: Certificate
        let key: PrivateKey
    }

    let current: Issuer
    /// The one before; nil when it is retired, or there was none.
    let previous: Issuer?

    var certificate: Certificate { current.certificate }
    private var key: PrivateKey { current.key }

    /// Whose certificate the server shows.
    var ofServer: Issuer { previous ?? current }

    /// All that are trusted.
    var trusted: [Certificate] { [current.certificate] + (previous.map { [$0.certificate] } ?? []) }

    static let lifetimeSeconds = 10 * 365 * 86_400
    static let serverLifetimeSeconds = 825 * 86_400
    public static let deviceLifetimeSeconds = 90 * 86_400

    /// The certificates that are trusted, in PEM, the newest first.
    public var certificatePEM: [UInt8] { trusted.flatMap(\.pem) }

    /// The same of a data directory's authority; nil when it has none. Needs no key.
    ///
    /// - Throws: `ServerError` `.secrets`.
    public static func certificatePEM(_ dataDirectory: String) throws(ServerError) -> [UInt8]? {
        try finishReplacement(dataDirectory)
        let directory = directory(dataDirectory)
        guard try SecretFile.existing(directory + "/ca.key") != nil else { return nil }
        guard let pem = try SecretFile.existing(directory + "/ca.crt", isSecret: false) else { return nil }
        return pem + (try SecretFile.existing(directory + "/previous.crt", isSecret: false) ?? [])
    }

    static func directory(_ dataDirectory: String) -> String { dataDirectory + "/ca" }

    /// The authority of a data directory; nil when it has none.
    ///
    /// - Parameter passphrase: What its key is encrypted with; nil: it is not.
    /// - Throws: `ServerError` `.secrets` when its files cannot be read, or may be read by others.
    public static func load(
        _ dataDirectory: String, passphrase: String? = nil
    ) throws(ServerError) -> CertificateAuthority? {
        try finishReplacement(dataDirectory)
        let directory = directory(dataDirectory)
        guard let current = try issuer("ca", in: directory, passphrase: passphrase) else { return nil }
        return CertificateAuthority(
            current: current, previous: try issuer("previous", in: directory, passphrase: passphrase))
    }

    private static func issuer(
        _ name: String, in directory: String, passphrase: String?
    ) throws(ServerError) -> Issuer? {
        guard let keyPEM = try SecretFile.existing("\(directory)/\(name).key") else { return nil }
        let key = PrivateKey(pem: keyPEM, passphrase: passphrase)
        if key == nil, String(decoding: keyPEM, as: UTF8.self).contains("ENCRYPTED") {
            throw ServerError(
                .secrets,
                passphrase == nil
                    ? "the key in \(directory) is encrypted; give its passphrase with --ca-passphrase-file"
                    : "the key in \(directory) is encrypted with another passphrase than that of --ca-passphrase-file")
        }
        guard let certificatePEM = try SecretFile.existing("\(directory)/\(name).crt", isSecret: false), let key,
            let certificate = Certificate(pem: certificatePEM)
        else {
            throw ServerError(
                .secrets,
                "\(directory) has no key and certificate that belong together; restore both from a copy, or "
                    + "remove both and register every device anew")
        }
        return Issuer(certificate: certificate, key: key)
    }

    /// The authority of a data directory, made with the directory where there is none.
    ///
    /// - Parameter passphrase: What its key is, or is to be, encrypted with; nil: it is not.
    /// - Throws: `ServerError` `.secrets`.
    public static func loadOrMake(
        _ dataDirectory: String, passphrase: String? = nil
    ) throws(ServerError) -> CertificateAuthority {
        if let authority = try load(dataDirectory, passphrase: passphrase) { return authority }
        let directory = directory(dataDirectory)
        try SecretFile.makeDirectories(directory)
        let made = try makeIssuer(name: "LogDB CA")
        // The key comes last: without it there is no authority yet.
        try SecretFile.write(made.certificate.pem, to: directory + "/ca.crt")
        try SecretFile.write(made.key.pem(passphrase: passphrase), to: directory + "/ca.key")
        return CertificateAuthority(current: made, previous: nil)
    }

    static func makeIssuer(name: String) throws(ServerError) -> Issuer {
        let key = PrivateKey.generate()
        let made = Certificate.make(
            .key(key), name: name, issuer: nil, seconds: lifetimeSeconds,
            extensions: [
                "basicConstraints": "critical,CA:TRUE,pathlen:0", "keyUsage": "critical,keyCertSign,cRLSign",
                "subjectKeyIdentifier": "hash",
            ])
        guard let certificate = made else { throw ServerError(.secrets, "OpenSSL makes no certificate") }
        return Issuer(certificate: certificate, key: key)
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
            .key(key), name: "LogDB server", issuer: (ofServer.certificate, ofServer.key),
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
        let request = try CertificateAuthority.request(requestPEM)
        return try makeDeviceCertificate(.request(request), device: device, seconds: seconds).pem
    }

    private static let requestByteCountMax = 16 << 10
    private static let rsaStrengths = 2_048...4_096

    /// A request whose sender has the key that it is about, and whose key is strong enough.
    ///
    /// - Throws: `ServerError` `.invalidRequest`.
    static func request(_ pem: [UInt8]) throws(ServerError) -> CertificateRequest {
        guard pem.count <= requestByteCountMax, let request = CertificateRequest(pem: pem) else {
            throw ServerError(
                .invalidRequest, "this is no certificate request in PEM, or not signed with the key it is about")
        }
        guard request.keyStrength == 256 || request.keyStrength == 384 || rsaStrengths.contains(request.keyStrength)
        else {
            throw ServerError(
                .invalidRequest, "the key of a certificate is one on P-256 or P-384, or RSA of 2048 to 4096 bits")
        }
        return request
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

    /// A list of the certificates that were taken back, in PEM, good for a week; one of each authority that is trusted, the
    /// newest's first.
    ///
    /// - Parameter revoked: Serial numbers in hexadecimal, and when each was taken back.
    func revocationList(
        _ revoked: [(serial: String, time: Int64)], now: Int64
    ) throws(ServerError) -> [UInt8] {
        var lists: [UInt8] = []
        for issuer in [current] + (previous.map { [$0] } ?? []) {
            let list = Certificate.revocationList(
                issuer: (issuer.certificate, issuer.key), revoked: revoked, now: now, seconds: 7 * 86_400)
            guard let list else { throw ServerError(.secrets, "OpenSSL makes no list of revoked certificates") }
            lists += list
        }
        return lists
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
