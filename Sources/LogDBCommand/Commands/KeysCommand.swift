import ArgumentParser
import LogModel
import ObjectStore

struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Makes keys that objects of the cold tier, artifacts and backups are encrypted with.",
        discussion: """
            A file of keys has one a line, the newest last: what is written is encrypted with that one, and the others are there to \
            read what was written before. Without its key nobody reads an object any more: keep a copy of the file, apart \
            from the backups.

            EXAMPLES
              logdb keys new /etc/logdb/keys
              logdb keys list /etc/logdb/keys
              logdb serve --data /var/lib/logdb --encryption-keys /etc/logdb/keys
            """,
        subcommands: [KeysNewCommand.self, KeysListCommand.self])
}

struct KeysNewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new",
        abstract: "Adds a new key to a file, which is made when it is not there.",
        discussion: """
            A server that has the file takes the new key with logdb admin rekey, which also brings under it what there is.

            EXAMPLES
              logdb keys new /etc/logdb/keys
            """)

    @Argument(help: "The file.")
    var file: String

    func run() async throws {
        try KeyFile.addKey(file, comment: "made \(Timestamp.now)")
        guard let keys = try KeyFile.read(file) else { return }
        try Output.say("the key \(keys.newestID) is the newest in \(file)\n")
    }
}

struct KeysListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Shows what the keys of a file are known by, the newest last.",
        discussion: """
            EXAMPLES
              logdb keys list /etc/logdb/keys
            """)

    @Argument(help: "The file.")
    var file: String

    func run() async throws {
        guard let keys = try KeyFile.read(file) else { return }
        for id in keys.ids { try Output.say(id + "\n") }
    }
}
