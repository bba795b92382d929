import Glibc

/// One authority takes another's place, without a device that is locked out on the way.
extension CertificateAuthority {
    /// Makes the next authority of a data directory, beside the one that is there. Takes effect with the server's next start;
    /// a crash leaves the directory as it was, or done.
    ///
    /// - Parameter passphrase: What the keys are encrypted with; nil: they are not.
    /// - Throws: `ServerError` `.secrets` when there is none, or one that is not retired yet.
    public static func rotate(_ dataDirectory: String, passphrase: String? = nil) throws(ServerError) {
        let old = try loaded(dataDirectory, passphrase)
        guard old.previous == nil else {
            throw ServerError(
                .secrets, "\(directory(dataDirectory)) has two authorities already; retire the older one first")
        }
        // Its own name, so that nobody takes one for the other.
        let next = try makeIssuer(
            name: "LogDB CA " + AuditLog.hexadecimal(OpenSSL.random(nameByteCount)))
        try replace(dataDirectory) { (fresh) throws(ServerError) in
            try write(next, "ca", in: fresh, passphrase)
            try write(old.current, "previous", in: fresh, passphrase)
        }
    }

    /// Ends the trust in the authority before the one that is there, with the server's next start. Its certificates open
    /// nothing from then on.
    ///
    /// - Throws: `ServerError` `.secrets` when there is none to retire.
    public static func retire(_ dataDirectory: String, passphrase: String? = nil) throws(ServerError) {
        let both = try loaded(dataDirectory, passphrase)
        guard both.previous != nil else {
            throw ServerError(.secrets, "\(directory(dataDirectory)) has one authority, and none to retire")
        }
        try replace(dataDirectory) { (fresh) throws(ServerError) in
            try write(both.current, "ca", in: fresh, passphrase)
        }
    }

    private static let nameByteCount = 4
    private static let files = ["ca.crt", "ca.key", "previous.crt", "previous.key"]

    private static func loaded(
        _ dataDirectory: String, _ passphrase: String?
    ) throws(ServerError) -> CertificateAuthority {
        guard let authority = try load(dataDirectory, passphrase: passphrase) else {
            throw ServerError(.secrets, "there is no authority in \(dataDirectory); logdb ca init makes it")
        }
        return authority
    }

    private static func write(
        _ issuer: Issuer, _ name: String, in directory: String, _ passphrase: String?
    ) throws(ServerError) {
        try SecretFile.write(issuer.certificate.pem, to: "\(directory)/\(name).crt")
        try SecretFile.write(issuer.key.pem(passphrase: passphrase), to: "\(directory)/\(name).key")
    }

    /// Puts a directory that `body` fills in the place of the authority's, whole: key and certificate must never be of two.
    private static func replace(
        _ dataDirectory: String, _ body: (String) throws(ServerError) -> Void
    ) throws(ServerError) {
        let directory = directory(dataDirectory)
        let (fresh, old) = (directory + ".new", directory + ".old")
        for leftover in [fresh, old] { removeAll(leftover) }
        try SecretFile.makeDirectories(fresh)
        try body(fresh)
        try SecretFile.sync(fresh)
        // A crash between the two leaves what `finishReplacement` goes on with.
        guard rename(directory, old) == 0, rename(fresh, directory) == 0 else {
            throw ServerError(.secrets, "could not replace \(directory): \(String(cString: strerror(errno)))")
        }
        try SecretFile.sync(dataDirectory)
        removeAll(old)
    }

    /// Ends a replacement that a crash cut short: the new directory was whole when the old one was taken away.
    static func finishReplacement(_ dataDirectory: String) throws(ServerError) {
        let directory = directory(dataDirectory)
        guard access(directory, F_OK) != 0, access(directory + ".old", F_OK) == 0 else { return }
        guard rename(directory + ".new", directory) == 0 else {
            throw ServerError(.secrets, "could not replace \(directory): \(String(cString: strerror(errno)))")
        }
        try SecretFile.sync(dataDirectory)
        removeAll(directory + ".old")
    }

    private static func removeAll(_ directory: String) {
        for file in files { unlink(directory + "/" + file) }
        rmdir(directory)
    }
}
