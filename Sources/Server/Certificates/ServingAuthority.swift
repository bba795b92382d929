import Synchronization

/// The authority of a running server, which is made when something first needs it.
final class ServingAuthority: Sendable {
    private let directory: String
    private let passphrase: String?
    private let known: Mutex<CertificateAuthority?>

    /// - Throws: `ServerError` `.secrets`.
    init(_ dataDirectory: String, passphrase: String?) throws(ServerError) {
        directory = dataDirectory
        self.passphrase = passphrase
        known = Mutex(try CertificateAuthority.load(dataDirectory, passphrase: passphrase))
    }

    /// Nil where there is none yet.
    var existing: CertificateAuthority? { known.withLock { $0 } }

    /// - Throws: `ServerError` `.secrets`.
    func get() throws(ServerError) -> CertificateAuthority {
        let result: Result<CertificateAuthority, ServerError> = known.withLock { known in
            if let known { return .success(known) }
            do throws(ServerError) {
                let made = try CertificateAuthority.loadOrMake(directory, passphrase: passphrase)
                known = made
                return .success(made)
            } catch { return .failure(error) }
        }
        return try result.get()
    }
}
