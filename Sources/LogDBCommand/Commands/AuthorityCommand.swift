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
            """,
        subcommands: [AuthorityInitCommand.self, AuthorityShowCommand.self])
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

struct AuthorityInitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Makes the authority, unless there is one; also makes the data directory.",
        discussion: """
            EXAMPLES
              logdb ca init --data /var/lib/logdb
            """)

    @OptionGroup var place: DirectoryOption

    func run() async throws {
        let directory = try place.directory()
        do throws(ServerError) {
            let isThere = try CertificateAuthority.load(directory) != nil
            if !isThere { _ = try CertificateAuthority.loadOrMake(directory) }
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
        let authority: CertificateAuthority?
        do throws(ServerError) {
            authority = try CertificateAuthority.load(directory)
        } catch {
            throw CommandFailure(error.message)
        }
        guard let authority else {
            throw CommandFailure("there is no authority in \(directory); logdb ca init --data \(directory) makes it")
        }
        let output = Output()
        try output.write(authority.certificatePEM)
        try output.flush()
    }
}
