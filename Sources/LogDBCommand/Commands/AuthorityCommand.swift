import ArgumentParser
import Server

struct AuthorityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ca",
        abstract: "Makes and shows the product's own certificate authority.",
        discussion: """
            It signs the certificates of servers that run with --tls auto or --device-listen, and of devices. Its key is \
            in ca/ of the data directory, readable by its owner only.

            EXAMPLES
              logdb ca init --data /var/lib/logdb
              logdb ca show --data /var/lib/logdb >ca.pem
              logdb ca revoke Drone-1 --server http://127.0.0.1:8080
              logdb ca crl --server http://127.0.0.1:8080 >crl.pem
              logdb ca rotate --data /var/lib/logdb
            """,
        subcommands: [
            AuthorityInitCommand.self, AuthorityShowCommand.self, AuthorityRevokeCommand.self,
            AuthorityListCommand.self, AuthorityRotateCommand.self, AuthorityRetireCommand.self,
        ])
}

/// The data directory of a command that does not open the store.
struct DirectoryOption: ParsableArguments {
    @Option(help: ArgumentHelp("The data directory. Default: LOGDB_DATA.", valueName: "directory"))
    var data: String?

    func directory() throws(CommandFailure) -> String {
        guard let directory = data ?? Terminal.environment("LOGDB_DATA") else {
            throw CommandFailure("say where the data is: --data DIR, or LOGDB_DATA")
        }
        if directory.isEmpty { throw CommandFailure("--data names no directory") }
        return directory
    }
}

/// What the authority's key is encrypted with.
struct PassphraseOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A file with the passphrase of the authority's key. Default: LOGDB_CA_PASSPHRASE_FILE, or none.",
            valueName: "file"))
    var caPassphraseFile: String?

    func passphrase() throws(CommandFailure) -> String? {
        guard let path = caPassphraseFile ?? Terminal.environment("LOGDB_CA_PASSPHRASE_FILE") else { return nil }
        return try Passphrase.read(path)
    }
}

struct AuthorityInitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Makes the authority, unless there is one; also makes the data directory.",
        discussion: """
            EXAMPLES
              logdb ca init --data /var/lib/logdb
              logdb ca init --ca-passphrase-file passphrase.txt --data /srv/logs
            """)

    @OptionGroup var place: DirectoryOption
    @OptionGroup var secret: PassphraseOption

    func run() async throws {
        let directory = try place.directory()
        let passphrase = try secret.passphrase()
        do throws(ServerError) {
            let isThere = try CertificateAuthority.load(directory, passphrase: passphrase) != nil
            if !isThere { _ = try CertificateAuthority.loadOrMake(directory, passphrase: passphrase) }
            let output = Output()
            try? output.write(isThere ? "there is an authority in \(directory)/ca already\n" : "made \(directory)/ca\n")
            try? output.flush()
        } catch {
            throw CommandFailure(error.message)
        }
    }
}

struct AuthorityShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Writes the authority's certificate, in PEM.",
        discussion: """
            EXAMPLES
              logdb ca show --data /var/lib/logdb >ca.pem
              logdb query 'since:1h' --server https://logs.example.org:8443 --ca-file ca.pem
            """)

    @OptionGroup var place: DirectoryOption

    func run() async throws {
        let directory = try place.directory()
        let pem: [UInt8]?
        do throws(ServerError) {
            pem = try CertificateAuthority.certificatePEM(directory)
        } catch {
            throw CommandFailure(error.message)
        }
        guard let pem else {
            throw CommandFailure("there is no authority in \(directory); logdb ca init --data \(directory) makes it")
        }
        let output = Output()
        try output.write(pem)
        try output.flush()
    }
}

struct AuthorityRevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Takes certificates of a device back.",
        discussion: """
            What they opened is closed at once by a server that is asked, and by one on a data directory from its next start \
            on.

            EXAMPLES
              logdb ca revoke Drone-1 --server http://127.0.0.1:8080
              logdb ca revoke Drone-1 --serial 3f0a1c --data ./data

            Ends with 0 when some were good until now, 1 when none was, 2 on an error.
            """)

    @Argument(help: "The device's id or serial number.")
    var device: String

    @Option(help: ArgumentHelp("The only certificate to take back. Default: all of the device.", valueName: "serial"))
    var serial: String?

    @OptionGroup var target: TargetOptions

    func run() async throws {
        let revoked = try await IdentityBackend.with(target, isMade: false) {
            try await $0.revoke(device, serial: serial)
        }
        for serial in revoked { try Output.say("revoked \(PlainText.escaped(serial))\n") }
        if revoked.isEmpty { throw ExitCode(ExitStatus.noMatch) }
    }
}

struct AuthorityListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "crl", abstract: "Writes the list of certificates that were taken back (RFC 5280), in PEM.",
        discussion: """
            EXAMPLES
              logdb ca crl --data ./data >crl.pem
              openssl crl -in crl.pem -noout -text
            """)

    @OptionGroup var target: TargetOptions
    @OptionGroup var secret: PassphraseOption

    func run() async throws {
        let passphrase = try secret.passphrase()
        let list = try await IdentityBackend.with(target, isMade: false) {
            try await $0.revocationList(passphrase: passphrase)
        }
        let output = Output()
        try output.write(list)
        try output.flush()
    }
}

struct AuthorityRotateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Makes the next authority, beside the one that is there.",
        discussion: """
            From the server's next start both are trusted: devices get certificates of the new one as they register and \
            renew, and the server shows one of the old, which all devices know, until logdb ca retire.

            EXAMPLES
              logdb ca rotate --data /var/lib/logdb
            """)

    @OptionGroup var place: DirectoryOption
    @OptionGroup var secret: PassphraseOption

    func run() async throws {
        let directory = try place.directory()
        let passphrase = try secret.passphrase()
        do throws(ServerError) {
            try CertificateAuthority.rotate(directory, passphrase: passphrase)
        } catch {
            throw CommandFailure(error.message)
        }
        try Output.say("made the next authority in \(directory)/ca; it counts from the server's next start\n")
    }
}

struct AuthorityRetireCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retire", abstract: "Ends the trust in the authority before the one that is there.",
        discussion: """
            From the server's next start its certificates open nothing. Devices that have not renewed theirs since logdb ca \
            rotate, or do not know the new authority, must register anew: renewing takes 90 days at most.

            EXAMPLES
              logdb ca retire --data /var/lib/logdb
            """)

    @OptionGroup var place: DirectoryOption
    @OptionGroup var secret: PassphraseOption

    func run() async throws {
        let directory = try place.directory()
        let passphrase = try secret.passphrase()
        do throws(ServerError) {
            try CertificateAuthority.retire(directory, passphrase: passphrase)
        } catch {
            throw CommandFailure(error.message)
        }
        try Output.say("retired the older authority of \(directory)/ca; it counts from the server's next start\n")
    }
}
