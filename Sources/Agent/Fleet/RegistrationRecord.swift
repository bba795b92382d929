/// What a registration was answered with: `device.json` in the directory of the certificates. Writing it is the moment
/// at which a device is registered; the PEM files are made from it.
struct RegistrationRecord: Codable, Sendable, Hashable {
    static let versionMax = 1

    var version = RegistrationRecord.versionMax
    var dsn: String
    var deviceID: UInt64
    var thingName: String
    var server: String
    /// A hash of the token that was used, which tells another capsule from the same one again.
    var tokenHash: UInt64
    /// In PEM, as the other.
    var certificate: String
    var authority: String

    static func path(in directory: String) -> String { directory + "/device.json" }

    /// Nil where the directory has none.
    ///
    /// - Throws: `AgentError` `.io`, `.corruption`, `.formatTooNew`.
    static func load(_ directory: String) throws(AgentError) -> RegistrationRecord? {
        let path = path(in: directory)
        guard Files.exists(path) else { return nil }
        return try JSONText.decode(RegistrationRecord.self, try Files.read(path), versionMax: versionMax, path: path)
    }

    func save(_ directory: String) throws(AgentError) {
        try Files.replace(RegistrationRecord.path(in: directory), with: JSONText.encode(self))
    }

    /// Makes the PEM files that are missing or older than this; a certificate that was renewed since stays.
    func makeFiles(_ files: DeviceFiles, key: borrowing DeviceKey) throws(AgentError) {
        let own = try DeviceCertificate(pem: Array(certificate.utf8), source: "the record of the registration")
        let known = Files.exists(files.authorities) ? try Files.read(files.authorities) : []
        if known != Array(authority.utf8) { try Files.replace(files.authorities, with: Array(authority.utf8)) }
        if let begin = RegistrationRecord.begin(ofCertificate: files.certificate, for: key), begin >= own.lifetime.begin
        {
            return
        }
        try Files.replace(files.certificate, with: Array(certificate.utf8))
    }

    /// From when on the certificate of a file is good; nil where the file has none for that key.
    private static func begin(ofCertificate path: String, for key: borrowing DeviceKey) -> Int64? {
        do throws(AgentError) {
            let certificate = try DeviceCertificate(pem: try Files.read(path), source: path)
            return certificate.isFor(key) ? certificate.lifetime.begin : nil
        } catch { return nil }
    }
}
