public import ArgumentParser
import Glibc
import LogModel
public import Server

extension Role: ExpressibleByArgument {}

struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user",
        abstract: "Adds, lists and removes those who sign in.",
        discussion: """
            With --data no server is needed, and a data directory that is not there is made.

            EXAMPLES
              logdb user add alice --role admin --password-stdin --data ./data <password.txt
              logdb user list --data ./data
              logdb user remove alice --server http://127.0.0.1:8080
            """,
        subcommands: [UserAddCommand.self, UserListCommand.self, UserRemoveCommand.self])
}

struct UserAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Adds a user.",
        discussion: """
            A viewer reads; an operator also stores entries and looks after the store; an admin may do everything. The \
            password is asked for, or with --password-stdin is the first line of standard input.

            EXAMPLES
              logdb user add alice --role admin --data ./data
              printf '%s' "$PASSWORD" | logdb user add bob --role viewer --password-stdin --data ./data
            """)

    @Argument(help: "The user's name.")
    var name: String

    @Option(help: "What the user may do.")
    var role: Role

    @Option(help: ArgumentHelp("The account that the user belongs to. Default: default.", valueName: "name"))
    var account: String?

    @Flag(help: "Read the password from standard input.")
    var passwordStdin = false

    @OptionGroup var target: TargetOptions

    func run() async throws {
        let password = try PasswordPrompt.read(isFromInput: passwordStdin)
        try await IdentityBackend.with(target, isMade: true) { backend in
            try await backend.addUser(name, role: role, account: account, password: password)
        }
        try Output.say("added the user \(name), \(role.rawValue)\n")
    }
}

struct UserListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the users.",
        discussion: """
            EXAMPLES
              logdb user list --server http://127.0.0.1:8080
            """)

    @OptionGroup var target: TargetOptions
    @OptionGroup var form: ListOptions

    func run() async throws {
        try await IdentityBackend.with(target, isMade: false) { try form.show(try await $0.users()) }
    }
}

struct UserRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Removes a user, whose sign-ins end at once.",
        discussion: """
            EXAMPLES
              logdb user remove bob --data ./data
            """)

    @Argument(help: "The user's name.")
    var name: String

    @OptionGroup var target: TargetOptions

    func run() async throws {
        try await IdentityBackend.with(target, isMade: false) { try await $0.removeUser(name) }
        try Output.say("removed the user \(name)\n")
    }
}

/// A password as a person types it, unseen, or as a script hands it over. Never an argument: those are seen by everyone
/// on the machine.
enum PasswordPrompt {
    static func read(isFromInput: Bool) throws(CommandFailure) -> String {
        if isFromInput || !Terminal.isStandardInputATerminal {
            guard let line = readLine() else { throw CommandFailure("there is no password on standard input") }
            return line
        }
        let password = try ask("Password: ")
        guard try ask("Again: ") == password else { throw CommandFailure("the two passwords are not the same") }
        return password
    }

    private static func ask(_ question: String) throws(CommandFailure) -> String {
        Terminal.say(question)
        var before = termios()
        tcgetattr(STDIN_FILENO, &before)
        var silent = before
        silent.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
            Terminal.say("\n")
        }
        guard let line = readLine() else { throw CommandFailure("no password was given") }
        return line
    }
}

/// How a list is shown.
struct ListOptions: ParsableArguments {
    enum Form: String, CaseIterable, ExpressibleByArgument {
        case table, json
    }

    @Option(help: "How the list is shown.")
    var output = Form.table

    @OptionGroup var color: ColourOption

    func show(_ rows: [IdentityBackend.Row]) throws {
        let output = Output()
        switch self.output {
        case .table:
            var table = AlignedTable(style: Style(color.choice, descriptor: STDOUT_FILENO))
            let cells = rows.map { row in
                AnswerRow(cells: row.map { AnswerRow.Cell(name: $0.name, value: .text($0.value)) })
            }
            if let first = rows.first { try table.write(cells, columns: first.map(\.name), to: output) }
        case .json:
            let objects = rows.map { row in
                JSONValue.object(row.map { JSONValue.Member(name: $0.name, value: .string($0.value)) })
            }
            try output.write(JSONValue.array(objects).bytes + [UInt8(ascii: "\n")])
        }
        try output.flush()
        if rows.isEmpty, self.output == .table { throw ExitCode(ExitStatus.noMatch) }
    }
}
