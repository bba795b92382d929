import ArgumentParser
import LogModel

struct AdminJobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs",
        abstract: "Lists a server's work of its own: compaction, deletions and the like.",
        discussion: """
            EXAMPLES
              logdb admin jobs --server http://127.0.0.1:8080

            Ends with 0 when there are some, 1 when there are none, 2 on an error.
            """)

    @OptionGroup var target: TargetOptions
    @OptionGroup var form: ListOptions

    func run() async throws {
        guard case .server(let url) = try target.target() else {
            throw CommandFailure("only a server has jobs: --server http://HOST:PORT")
        }
        let answer = try await target.client(url).json("GET", "/api/v1/admin/jobs")
        try form.show(
            (answer["jobs"]?.elements ?? []).map { job in
                ["job_id", "kind", "state", "progress", "started", "finished", "detail"].map { name in
                    (name, job[name]?.shown ?? "")
                }
            })
    }
}
