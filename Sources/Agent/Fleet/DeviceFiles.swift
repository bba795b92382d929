/// Where a device keeps what it shows and trusts on the wire: the paths of PEM files.
public struct DeviceFiles: Sendable, Hashable {
    /// Whom the device trusts.
    public var authorities: String
    public var certificate: String
    /// Readable by its owner only.
    public var key: String

    public init(authorities: String, certificate: String, key: String) {
        self.authorities = authorities
        self.certificate = certificate
        self.key = key
    }

    /// The files that `logdb-agent register` makes in a directory.
    public init(directory: String) {
        self.init(
            authorities: directory + "/ca.pem", certificate: directory + "/device.pem", key: directory + "/device.key")
    }

    /// The key that is there, or a new one that is on disk on return, so that whatever happens next is about that key.
    ///
    /// - Throws: `AgentError` `.io`, `.corruption`.
    func loadOrMakeKey() throws(AgentError) -> DeviceKey {
        if Files.exists(key) { return try loadKey() }
        let made = try DeviceKey.generate()
        try Files.replace(key, with: made.pem, mode: Files.modeOfSecrets)
        return made
    }

    /// - Throws: `AgentError` `.io`, `.corruption`, `.invalidArgument` for a key that others may read.
    func loadKey() throws(AgentError) -> DeviceKey {
        guard try Files.isPrivate(key) else {
            throw AgentError(.invalidArgument, "\(key) may be read by others: chmod 600 \(key)")
        }
        return try DeviceKey(pem: try Files.read(key), path: key)
    }

    /// How long the certificate that is there is good.
    ///
    /// - Throws: `AgentError` `.io`, `.corruption`.
    func certificateLifetime() throws(AgentError) -> CertificateLifetime {
        try DeviceCertificate(pem: try Files.read(certificate), source: certificate).lifetime
    }
}
