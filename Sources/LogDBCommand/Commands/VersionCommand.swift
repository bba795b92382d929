import ArgumentParser
import LogModel

struct VersionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version",
        abstract: "Shows the version of this program and, with --server, of a server.",
        discussion: """
            EXAMPLES
              logdb version
              logdb version --server http://127.0.0.1:8080
            """)

    @Option(help: ArgumentHelp("A server to ask as well.", valueName: "url"))
    var server: String?

    func run() async throws {
        let output = Output()
        try output.write("logdb \(ProductVersion.text)\n")
        try output.flush()
        guard let server else { return }
        let client = try ServerClient(server)
        let answer = try await client.json("GET", "/api/v1/version")
        try output.write("server \(PlainText.escaped(answer["version"]?.text ?? "of an unknown version"))\n")
        try output.flush()
    }
}
