import ArgumentParser
import LogModel

struct DeviceCommandCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "command",
        abstract: "Tells devices to do something, and shows what became of it.",
        discussion: """
            Devices ask a server for their commands, so that a server is needed.

            EXAMPLES
              logdb command send Drone-1 reboot --argument delay_s=5 --server http://127.0.0.1:8080
              logdb command send --filter 'environment:testing type:drone' land --server http://127.0.0.1:8080
              logdb command list Drone-1 --server http://127.0.0.1:8080
            """,
        subcommands: [CommandSendCommand.self, CommandListCommand.self])
}

/// The server of a command that works with no data directory.
enum ServerOnly {
    /// - Parameter reason: Why a data directory will not do.
    static func client(
        _ target: TargetOptions, because reason: String = "devices get their commands from a server"
    ) throws(CommandFailure) -> ServerClient {
        guard case .server(let url) = try target.target() else {
            throw CommandFailure("\(reason); give --server URL, or set LOGDB_SERVER")
        }
        return try target.client(url)
    }
}

struct CommandSendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send", abstract: "Sends a command to a device, or to all that a filter finds.",
        discussion: """
            EXAMPLES
              logdb command send Drone-1 reboot --argument delay_s=5 --expires-in 1h --server http://127.0.0.1:8080
              logdb command send --filter 'environment:testing' land --server http://127.0.0.1:8080
            """)

    @Argument(help: "The device's id or serial number, unless there is a filter; then the command.")
    var words: [String]

    @Option(help: ArgumentHelp("Devices, such as environment:testing type:drone.", valueName: "text"))
    var filter: String?

    @Option(help: ArgumentHelp("An argument of the command; may be repeated.", valueName: "name=value"))
    var argument: [String] = []

    @Option(help: ArgumentHelp("How long it is good, 1s to 30d. Default: 1d.", valueName: "time"))
    var expiresIn: String?

    @OptionGroup var target: TargetOptions

    func validate() throws {
        guard words.count == (filter == nil ? 2 : 1) else {
            throw ValidationError("give a device and a command, or --filter and a command")
        }
        if argument.contains(where: { !$0.contains("=") }) {
            throw ValidationError("--argument is a name and a value, such as delay_s=5")
        }
    }

    func run() async throws {
        let client = try ServerOnly.client(target)
        var members = [JSONValue.Member(name: "command", value: .string(words[words.count - 1]))]
        members.append(.init(name: filter == nil ? "device_id" : "filter", value: .string(filter ?? words[0])))
        let arguments = argument.map { text in
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return JSONValue.Member(name: String(parts[0]), value: .string(String(parts[1])))
        }
        if !arguments.isEmpty { members.append(.init(name: "arguments", value: .object(arguments))) }
        if let expiresIn { members.append(.init(name: "expires_in", value: .string(expiresIn))) }
        let answer = try await client.json("POST", "/api/v1/fleet/commands", body: JSONValue.object(members).bytes)
        for id in answer["command_ids"]?.elements ?? [] { try Output.say("\(id.shown)\n") }
    }
}

struct CommandListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists a device's commands, the newest first, or those that came to nothing.",
        discussion: """
            EXAMPLES
              logdb command list Drone-1 --server http://127.0.0.1:8080
              logdb command list --dead --server http://127.0.0.1:8080

            Ends with 0 when there are some, 1 when there are none, 2 on an error.
            """)

    @Argument(help: "The device's id or serial number.")
    var device: String?

    @Flag(help: "Those of all devices that came to nothing.")
    var dead = false

    @Option(help: ArgumentHelp("Commands at most, 1 to 10000.", valueName: "count"))
    var limit = 100

    @OptionGroup var target: TargetOptions
    @OptionGroup var form: ListOptions

    func validate() throws {
        if dead == (device != nil) { throw ValidationError("give a device, or --dead") }
        if !(1...10_000).contains(limit) { throw ValidationError("--limit must be from 1 to 10000") }
    }

    func run() async throws {
        let client = try ServerOnly.client(target)
        let path =
            device.map { IdentityBackend.devicePath($0) + "/commands/history" } ?? "/api/v1/fleet/commands/dead-letters"
        let answer = try await client.json("GET", "\(path)?limit=\(limit)")
        let columns = ["id", "device_id", "created_at", "command", "status", "attempt", "exit_code", "output"]
        try form.show((answer["commands"]?.elements ?? []).map { IdentityBackend.row($0, columns) })
    }
}
