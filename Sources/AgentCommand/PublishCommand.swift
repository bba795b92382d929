import Agent
import ArgumentParser
import Glibc

struct PublishCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish",
        abstract: "Publishes lines of standard input to an agent, as a module does.",
        discussion: """
            Each line is one entry, a JSON object. Waits until an agent listens, and loses nothing while it does.

            EXAMPLE
              echo '{"level":"INFO","module_name":"demo","message":"hello"}' | logdb-agent publish
            """)

    @Option(help: "An endpoint of the agent.")
    var endpoint = "tcp://127.0.0.1:5556"

    @Option(help: "The topic.")
    var topic = "roboticks/logs"

    func run() async throws {
        do throws(AgentError) {
            _ = try await LinePublisher(endpoint: endpoint, topic: topic).run(STDIN_FILENO)
        } catch {
            Terminal.standardError("logdb-agent: \(error.message)\n")
            throw ExitCode(ExitStatus.error)
        }
    }
}
