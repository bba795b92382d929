import ArgumentParser
import LogModel

struct AdminRetentionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retention",
        abstract: "Shows how long entries are kept, what that does now, and sets it.",
        discussion: """
            A policy is a JSON document; the first of its rules that an entry fits decides, and delete_after beside them for \
            all others:

              {"cold_after": "7d", "delete_after": "90d", "bytes_max": null,
               "rules": [{"levels": ["DEBUG"], "delete_after": "3d"}, {"device": "ROB-7", "delete_after": null}]}

            EXAMPLES
              logdb admin retention --server http://127.0.0.1:8080
              logdb admin retention --set policy.json --dry-run --server http://127.0.0.1:8080
              logdb admin retention --set policy.json --data ./data
            """)

    @Option(help: ArgumentHelp("The policy to set.", valueName: "file"))
    var set: String?

    @Flag(help: "Only show what the policy would do.")
    var dryRun = false

    @OptionGroup var target: TargetOptions

    func validate() throws {
        if dryRun, set == nil {
            throw ValidationError("--dry-run goes with --set; without both the policy that holds is shown")
        }
    }

    func run() async throws {
        let document = try set.map { (path) throws(CommandFailure) in Array(try SmallFile.read(path).utf8) }
        let answer = try await target.withBackend { backend in
            try await backend.retention(setting: document, isDryRun: dryRun)
        }
        let output = Output()
        for member in answer.members where member.name != "rules" && member.name != "rows" {
            try output.write("\(member.name)\t\(member.value.shown)\n")
        }
        for (index, rule) in (answer["rules"]?.elements ?? []).enumerated() {
            let parts = rule.members.filter { $0.value != .null }.map { "\($0.name)=\($0.value.shown)" }
            try output.write("rule \(index + 1)\t\(PlainText.escaped(parts.joined(separator: " ")))\n")
        }
        for row in answer["rows"]?.elements ?? [] {
            let (entries, bytes) = (row["entries"]?.unsigned ?? 0, row["bytes"]?.unsigned ?? 0)
            try output.write(
                "\(row["rule"]?.text ?? "") would \(row["action"]?.text ?? "") \(entries) entries, \(Humane.bytes(bytes))\n"
            )
        }
        try output.flush()
    }
}
