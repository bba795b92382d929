import Foundation
import Testing

/// What reaches a terminal, and a reader that goes away.
@Suite(.serialized) struct TerminalTests {
    /// Runs `logdb` with a terminal of its own, by util-linux's `script`.
    private func onATerminal(
        _ arguments: String, in data: DataDirectory, environment: [String: String] = [:]
    ) async throws -> String {
        let command = "\(Binaries.logdb) \(arguments) --data \(data.path)"
        let answer = try await run(
            "/usr/bin/script", ["-qec", command, "/dev/null"], in: data.scratch,
            environment: ["TERM": "xterm", "LOGDB_PAGER": ""].merging(environment) { $1 })
        return answer.output.replacing("\r\n", with: "\n")
    }

    private func filled() async throws -> DataDirectory {
        let data = try DataDirectory()
        try await data.ingest(
            "log.ndjson",
            #"{"device":"D\u001b[2J","time":"2025-01-03T14:00:00Z","level":"ERROR","module":"a.very.long.module.name.of.a.Receiver","message":"a\u001b]0;x\u0007\u009b1m\r\nb\u202ec","context":{"k\u001b":"v\n"}}"#
        )
        return data
    }

    static let hasTerminal = FileManager.default.isExecutableFile(atPath: "/usr/bin/script")

    @Test(.enabled(if: hasTerminal)) func colourDependsOnWhoReads() async throws {
        let data = try await filled()
        let query = "query since:2025-01-01"
        #expect(try await onATerminal(query, in: data).contains("\u{1b}[1;31mERROR\u{1b}[0m"))
        for plain in [
            try await onATerminal(query, in: data, environment: ["NO_COLOR": "1"]),
            try await onATerminal(query, in: data, environment: ["TERM": "dumb"]),
            try await onATerminal(query + " --color never", in: data),
            try await data.logdb(["query", "since:2025-01-01"]).output,
        ] {
            #expect(plain.contains("ERROR"))
            #expect(!plain.contains("\u{1b}"))
        }
        let forced = try await data.logdb(
            ["query", "since:2025-01-01", "--color", "always"], environment: ["NO_COLOR": "1"])
        #expect(forced.output.contains("\u{1b}[1;31mERROR\u{1b}[0m"))
    }

    @Test(.enabled(if: hasTerminal)) func aTerminalGetsPages() async throws {
        let data = try await filled()
        let pager = ["LOGDB_PAGER": "sed s/^/page:/"]
        let query = "query since:2025-01-01 --color never"
        #expect(
            try await onATerminal(query, in: data, environment: pager).hasPrefix("page:2025-01-03T14:00:00.000Z  ERROR")
        )
        for others in [query + " --no-pager", query + " --output ndjson"] {
            #expect(try await !onATerminal(others, in: data, environment: pager).contains("page:"))
        }
        let dumb = pager.merging(["TERM": "dumb"]) { $1 }
        #expect(try await !onATerminal(query, in: data, environment: dumb).contains("page:"))
        #expect(try await !data.logdb(["query", "since:2025-01-01"], environment: pager).output.contains("page:"))
        // A pager that is left early is no error.
        let left = try await onATerminal(query, in: data, environment: ["LOGDB_PAGER": "true"])
        #expect(!left.contains("error"))
    }

    @Test func nothingFromALogReachesATerminalAsACommand() async throws {
        let data = try await filled()
        let answer = try await data.logdb(["query", "since:2025-01-01"])
        #expect(
            answer.output == "2025-01-03T14:00:00.000Z  ERROR  D\\x1b[2J  a.very.long.module.name.of.a.Receiver  "
                + "a\\x1b]0;x\\x07\\x9b1m\\r\\nb\\u{202e}c  k\\x1b=v\\n\n")
        let bad = try await data.logdb(["query", "level:\u{1b}[31m"])
        #expect(bad.status == 2)
        #expect(!bad.errors.contains("\u{1b}"))
        if Self.hasTerminal {
            let raw = try await onATerminal("query since:2025-01-01 --output raw", in: data)
            #expect(raw == "a\\x1b]0;x\\x07\\x9b1m\\r\\nb\\u{202e}c\n")
            let short = try await onATerminal("query since:2025-01-01 --color never", in: data)
            #expect(short.contains("  …dule.name.of.a.Receiver  "))
        }
    }

    @Test func aReaderThatGoesAwayIsNoError() async throws {
        let data = try DataDirectory()
        try await data.ingest(
            "log.ndjson",
            (0..<5_000).map {
                "{\"device\":\"D\",\"timestamp_us\":\(1_735_900_000_000_000 + $0),\"message\":\"\($0)\"}\n"
            }
            .joined())
        for command in ["query --limit 0 since:2025-01-01", "export"] {
            let script = """
                set -o pipefail
                \(Binaries.logdb) \(command) --data \(data.path) | head -n 1
                """
            let answer = try await run("/bin/bash", ["-c", script], in: data.scratch)
            #expect(answer.output.split(separator: "\n").count == 1)
            #expect(answer.errors == "")
            #expect(answer.status == 0)
        }
    }
}
