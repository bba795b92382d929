import ArgumentParser
import LogDB
import Server

struct DevicesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "devices",
        abstract: "Shows, changes and takes away devices.",
        discussion: """
            A device is named by its id or its serial number.

            EXAMPLES
              logdb devices --status online --server http://127.0.0.1:8080
              logdb devices list --environment production --type drone --data ./data
              logdb devices show Drone-1 --data ./data
              logdb devices set Drone-1 --name 'North dock' --environment testing --data ./data
              logdb devices remove Drone-1 --data ./data
            """,
        subcommands: [
            DevicesListCommand.self, DevicesShowCommand.self, DevicesSetCommand.self, DevicesRemoveCommand.self,
        ], defaultSubcommand: DevicesListCommand.self)
}

struct DevicesListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists devices, by id.",
        discussion: """
            EXAMPLES
              logdb devices list --search dock --output json --data ./data

            Ends with 0 when there are some, 1 when there are none, 2 on an error.
            """)

    @Option(help: "Only devices of this environment.")
    var environment: NamedChoice<DeviceEnvironment>?

    @Option(help: "Only devices that are so.")
    var status: NamedChoice<DeviceStatus>?

    @Option(help: "Only devices of this type.")
    var type: NamedChoice<DeviceType>?

    @Option(help: ArgumentHelp("Text within the name or the serial number.", valueName: "text"))
    var search: String?

    @Option(help: ArgumentHelp("Devices at most, 1 to 10000.", valueName: "count"))
    var limit = 1_000

    @OptionGroup var target: TargetOptions
    @OptionGroup var form: ListOptions

    func validate() throws {
        if !(1...10_000).contains(limit) { throw ValidationError("--limit must be from 1 to 10000") }
    }

    func run() async throws {
        let choice = IdentityBackend.DeviceChoice(
            environment: environment?.choice, status: status?.choice, type: type?.choice, search: search)
        try await IdentityBackend.with(target, isMade: false) {
            try form.show(try await $0.devices(choice, limit: limit))
        }
    }
}

struct DevicesShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows what is known of a device.",
        discussion: """
            EXAMPLES
              logdb devices show Drone-1 --server http://127.0.0.1:8080
            """)

    @Argument(help: "The device's id or serial number.")
    var device: String

    @OptionGroup var target: TargetOptions
    @OptionGroup var form: ListOptions

    func run() async throws {
        try await IdentityBackend.with(target, isMade: false) { try form.show(try await $0.device(device)) }
    }
}

struct DevicesSetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Changes a device; what is not given stays.",
        discussion: """
            The status maintenance holds until another is set, whatever the device reports.

            EXAMPLES
              logdb devices set Drone-1 --status maintenance --data ./data
            """)

    @Argument(help: "The device's id or serial number.")
    var device: String

    @Option(help: ArgumentHelp("What people call it.", valueName: "text"))
    var name: String?

    @Option(help: "What it is.")
    var type: NamedChoice<DeviceType>?

    @Option(help: "Where it is used.")
    var environment: NamedChoice<DeviceEnvironment>?

    @Option(help: "How it is.")
    var status: NamedChoice<DeviceStatus>?

    @OptionGroup var target: TargetOptions

    func validate() throws {
        if name == nil, type == nil, environment == nil, status == nil {
            throw ValidationError("say what to change: --name, --type, --environment or --status")
        }
    }

    func run() async throws {
        var changes = Fleet.Changes()
        changes.name = name
        changes.type = type?.choice
        changes.environment = environment?.choice
        changes.status = status?.choice
        try await IdentityBackend.with(target, isMade: false) { try await $0.changeDevice(device, changes) }
        try Output.say("changed the device \(PlainText.escaped(device))\n")
    }
}

struct DevicesRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Takes a device out of service; its entries stay.",
        discussion: """
            EXAMPLES
              logdb devices remove Drone-1 --data ./data
            """)

    @Argument(help: "The device's id or serial number.")
    var device: String

    @OptionGroup var target: TargetOptions

    func run() async throws {
        try await IdentityBackend.with(target, isMade: false) { try await $0.removeDevice(device) }
        try Output.say("removed the device \(PlainText.escaped(device))\n")
    }
}
