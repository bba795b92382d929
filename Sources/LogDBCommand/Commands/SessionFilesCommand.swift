import ArgumentParser
import LogModel

struct SessionsFilesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "files", abstract: "Lists the files of a session: its logs, and what was uploaded into it.",
        discussion: """
            The size of a log is not known before it is rendered; its entries are shown.

            EXAMPLES
              logdb sessions files nav_mission_42 --server http://127.0.0.1:8080
            """)

    @Argument(help: "The session's number, or the device's name for it.")
    var session: String

    @OptionGroup var target: TargetOptions
    @OptionGroup var form: ListOptions

    func run() async throws {
        let files = SessionFiles(client: try SessionFiles.client(target), session: session)
        try form.show(try await files.list())
    }
}

struct SessionsDownloadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "download", abstract: "Writes a file of a session.",
        discussion: """
            EXAMPLES
              logdb sessions download nav_mission_42 logs/session.log --out session.log
              logdb sessions download nav_mission_42 data/waypoints.json --out - | jq .
            """)

    @Argument(help: "The session's number, or the device's name for it.")
    var session: String

    @Argument(help: "The file, as logdb sessions files shows it.")
    var path: String

    @Option(
        help: ArgumentHelp("Where to write it; - is standard output. Default: under its own name.", valueName: "file"))
    var out: String?

    @OptionGroup var target: TargetOptions

    func run() async throws {
        let files = SessionFiles(client: try SessionFiles.client(target), session: session)
        // Of a path that names another place only the last name is used, and not that where it names a place.
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        guard out != nil || !["", ".", ".."].contains(name) else {
            throw CommandFailure("“\(path)” has no name of its own; say where to write it with --out FILE")
        }
        try await files.write(
            ServerClient.path(files.route + "/files/download", [("path", path)]), to: out ?? name)
    }
}

struct SessionsArchiveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "archive", abstract: "Writes all files of a session as one zip archive.",
        discussion: """
            EXAMPLES
              logdb sessions archive nav_mission_42 --out nav_mission_42.zip
            """)

    @Argument(help: "The session's number, or the device's name for it.")
    var session: String

    @Option(help: ArgumentHelp("Where to write it; - is standard output.", valueName: "file"))
    var out: String

    @OptionGroup var target: TargetOptions

    func run() async throws {
        let files = SessionFiles(client: try SessionFiles.client(target), session: session)
        try await files.write(files.route + "/archive", to: out)
    }
}

struct SessionsUploadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upload", abstract: "Uploads a file into a session, and goes on where an upload broke off.",
        discussion: """
            EXAMPLES
              logdb sessions upload nav_mission_42 frame.png --path screenshots/frame_0001.png
            """)

    @Argument(help: "The session's number, or the device's name for it.")
    var session: String

    @Argument(help: "The file.")
    var file: String

    @Option(help: ArgumentHelp("Where in the session. Default: data/ and the file's name.", valueName: "path"))
    var path: String?

    @Flag(help: "Take the place of another content under that path.")
    var replace = false

    @OptionGroup var target: TargetOptions

    func run() async throws {
        let files = SessionFiles(client: try SessionFiles.client(target), session: session)
        let name = file.split(separator: "/").last.map(String.init) ?? file
        let made = try await files.upload(file, as: path ?? "data/" + name, isReplacing: replace)
        try Output.say(made + "\n")
    }
}
