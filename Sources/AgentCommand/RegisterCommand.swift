import Agent
import ArgumentParser
import HTTPTransport

struct RegisterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "register",
        abstract: "Registers this device with the server of its capsule.",
        discussion: """
            Makes a private key that never leaves the device, asks the capsule's server for a certificate, and keeps \
            both in the directory, with the server's authority: device.key (readable by its owner only), device.pem, \
            ca.pem. Run it as the user that the agent runs as. Interrupted at any point, the same command goes on; a \
            device that is registered already stays so.

            EXAMPLES
              logdb-agent register --capsule capsule_manifest.yaml --directory /var/lib/logdb-agent/certs
            """)

    @Option(help: ArgumentHelp("The capsule's manifest.", valueName: "file"))
    var capsule: String

    @Option(help: ArgumentHelp("Where to keep key, certificate and authority.", valueName: "directory"))
    var directory = "/opt/roboticks/certs"

    @Option(help: ArgumentHelp("The server's base URL, in place of the capsule's.", valueName: "url"))
    var server: String?

    @Option(
        help: ArgumentHelp("Whom to trust, a PEM file, in place of the capsule's authority.", valueName: "file"))
    var caFile: String?

    @Option(help: ArgumentHelp("How many seconds to ask a server that is away or busy.", valueName: "seconds"))
    var timeout = 60

    func validate() throws {
        guard (0...86_400).contains(timeout) else { throw ValidationError("--timeout is 0 to 86400 seconds") }
    }

    func run() async throws {
        do throws(AgentError) {
            var manifest = try CapsuleManifest.read(capsule)
            if let server { manifest.server = server.hasSuffix("/") ? String(server.dropLast()) : server }
            var registration = Registration(capsule: manifest, directory: directory)
            registration.patience = .seconds(timeout)
            var settings = HTTPTransport.Settings()
            settings.userAgent = "logdb-agent/\(AgentVersion.text)"
            settings.tls.authoritiesFile = caFile
            let outcome = try await registration.run(settings: settings) { Terminal.standardError("\($0)\n") }
            let verb = outcome.wasRegistered ? "was registered before" : "is registered"
            Terminal.standardOutput(
                "\(outcome.dsn) \(verb) as device \(outcome.deviceID); its certificate is \(outcome.files.certificate)\n"
            )
        } catch {
            Terminal.standardError("logdb-agent: \(error.message)\n")
            throw ExitCode(ExitStatus.error)
        }
    }
}
