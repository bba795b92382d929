import ArgumentParser
import LogDB

struct SessionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessions",
        abstract: "Shows the sessions of devices, with their counts and files.",
        discussion: """
            EXAMPLES
              logdb sessions --device Drone-1 --status failed --server http://127.0.0.1:8080
              logdb sessions show nav_mission_42 --data ./data
              logdb sessions download nav_mission_42 logs/session.log --server http://127.0.0.1:8080
            """,
        subcommands: [
            SessionsListCommand.self, SessionsShowCommand.self, SessionsFilesCommand.self,
            SessionsDownloadCommand.self, SessionsArchiveCommand.self, SessionsUploadCommand.self,
        ],
        defaultSubcommand: SessionsListCommand.self)
}

struct SessionsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists sessions, those that were first heard of last first.",
        discussion: """
            EXAMPLES
              logdb sessions list --status active --output json --data ./data

            Ends with 0 when there are some, 1 when there are none, 2 on an error.
            """)

    @Option(help: ArgumentHelp("Only those of this device.", valueName: "device"))
    var device: String?

    @Option(help: "Only those that are so.")
    var status: NamedChoice<SessionRecord.Status>?

    @Option(help: ArgumentHelp("Sessions at most, 1 to 10000.", valueName: "count"))
    var limit = 1_000

    @OptionGroup var target: TargetOptions
    @OptionGroup var form: ListOptions

    func validate() throws {
        if !(1...10_000).contains(limit) { throw ValidationError("--limit must be from 1 to 10000") }
    }

    func run() async throws {
        try await IdentityBackend.with(target, isMade: false) {
            try form.show(try await $0.sessions(device: device, status: status?.choice, limit: limit))
        }
    }
}

struct SessionsShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows the sessions of that number, or of that name.",
        discussion: """
            EXAMPLES
              logdb sessions show nav_mission_42 --server http://127.0.0.1:8080
            """)

    @Argument(help: "The session's number, or the device's name for it.")
    var session: String

    @OptionGroup var target: TargetOptions
    @OptionGroup var form: ListOptions

    func run() async throws {
        try await IdentityBackend.with(target, isMade: false) { try form.show(try await $0.sessions(session)) }
    }
}
