import ArgumentParser
import Glibc
import LogDB
import LogModel

struct CapsuleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "capsule",
        abstract: "Makes what a new device is registered with.",
        discussion: """
            EXAMPLES
              logdb capsule create --dsn DEV-1 --type drone --environment testing --server http://127.0.0.1:8080
            """,
        subcommands: [CapsuleCreateCommand.self])
}

struct CapsuleCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Writes a capsule's manifest, or with --out that and the agent's configuration.",
        discussion: """
            The token in it is good for one registration within 24 hours. It is shown here and kept nowhere.

            EXAMPLES
              logdb capsule create --dsn DEV-1 --type drone --environment testing --data ./data >capsule_manifest.yaml
              logdb capsule create --dsn DEV-2 --type robot --out capsule --backend-url https://logs.example.org:8443 \
              --data ./data
            """)

    @Option(help: ArgumentHelp("The device's serial number.", valueName: "text"))
    var dsn: String

    @Option(help: "What the device is.")
    var type: NamedChoice<DeviceType>

    @Option(help: "Where it is used. Default: testing.")
    var environment: NamedChoice<DeviceEnvironment>?

    @Option(help: ArgumentHelp("A YAML file with what runs on the device.", valueName: "file"))
    var composition: String?

    @Option(
        help: ArgumentHelp(
            "Where the device reaches the server. Default: the server's device listener.", valueName: "url"))
    var backendURL: String?

    @Option(help: ArgumentHelp("The account that is to have the device.", valueName: "name"))
    var account: String?

    @Option(
        help: ArgumentHelp(
            "A directory for capsule_manifest.yaml and fleet.yaml; made when it is not there.",
            valueName: "directory"))
    var out: String?

    @OptionGroup var target: TargetOptions
    @OptionGroup var secret: PassphraseOption

    func run() async throws {
        var order = IdentityBackend.CapsuleOrder(
            dsn: dsn, type: type.choice, environment: environment?.choice ?? .testing)
        order.backendURL = backendURL
        order.account = account
        order.composition = try composition.map { (path) throws(CommandFailure) in try Composition.read(path) }
        let passphrase = try secret.passphrase()
        let capsule = try await IdentityBackend.with(target, isMade: true) { [order] in
            try await $0.makeCapsule(order, passphrase: passphrase)
        }
        guard let out else { return try Output.say(capsule.manifest) }
        guard mkdir(out, 0o700) == 0 || errno == EEXIST else {
            throw CommandFailure("could not make \(out): \(String(cString: strerror(errno)))")
        }
        for (name, text) in [("capsule_manifest.yaml", capsule.manifest), ("fleet.yaml", capsule.agentConfiguration)] {
            try SmallFile.write(text, to: "\(out)/\(name)")
        }
        try Output.say("wrote \(PlainText.escaped(out))/capsule_manifest.yaml and fleet.yaml\n")
    }
}
