import ArgumentParser

struct APIKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apikey",
        abstract: "Adds, lists and removes the keys of machines.",
        discussion: """
            EXAMPLES
              logdb apikey add gateway --scope ingest --data ./data
              logdb apikey list --data ./data
              logdb apikey remove gateway --server http://127.0.0.1:8080
            """,
        subcommands: [APIKeyAddCommand.self, APIKeyListCommand.self, APIKeyRemoveCommand.self])
}

struct APIKeyAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Adds an API key and shows it, once.",
        discussion: """
            Only the key's hash is kept. Scopes: query reads entries, ingest stores them, operate looks after the store, \
            admin may do everything that an administrator may, but read or store entries.

            EXAMPLES
              logdb apikey add gateway --scope ingest --data ./data
              logdb apikey add report --scope query --per-second 5 --per-day 10000 --data ./data
            """)

    @Argument(help: "The key's name.")
    var name: String

    @Option(help: ArgumentHelp("What the key is good for; may be given several times.", valueName: "scope"))
    var scope: [String] = []

    @Option(help: ArgumentHelp("The account that the key belongs to. Default: default.", valueName: "name"))
    var account: String?

    @Option(help: ArgumentHelp("Requests a second at most; 0 for any number.", valueName: "count"))
    var perSecond: UInt64 = 0

    @Option(help: ArgumentHelp("Requests a day at most; 0 for any number.", valueName: "count"))
    var perDay: UInt64 = 0

    @OptionGroup var target: TargetOptions

    func run() async throws {
        if scope.isEmpty {
            throw CommandFailure("say what the key is good for: --scope query, ingest, operate or admin")
        }
        let key = try await IdentityBackend.with(target, isMade: true) { backend in
            try await backend.addAPIKey(name, scopes: scope, account: account, perSecond: perSecond, perDay: perDay)
        }
        try Output.say(key + "\n")
        if Terminal.isStandardErrorATerminal { Terminal.say("Keep it: it cannot be shown again.\n") }
    }
}

struct APIKeyListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the API keys, without the keys themselves.",
        discussion: """
            EXAMPLES
              logdb apikey list --data ./data --output json
            """)

    @OptionGroup var target: TargetOptions
    @OptionGroup var form: ListOptions

    func run() async throws {
        try await IdentityBackend.with(target, isMade: false) { try form.show(try await $0.apiKeys()) }
    }
}

struct APIKeyRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Removes an API key, which is refused from then on.",
        discussion: """
            EXAMPLES
              logdb apikey remove gateway --data ./data
            """)

    @Argument(help: "The key's name.")
    var name: String

    @OptionGroup var target: TargetOptions

    func run() async throws {
        try await IdentityBackend.with(target, isMade: false) { try await $0.removeAPIKey(name) }
        try Output.say("removed the API key \(name)\n")
    }
}
