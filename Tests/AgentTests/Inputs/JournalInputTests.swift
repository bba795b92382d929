import Foundation
import LogModel
import Testing

@testable import Agent

/// With a program in place of `journalctl` that writes what it would, and obeys a cursor as it does.
struct JournalInputTests {
    private let bench: InputBench

    init() throws { bench = try InputBench() }

    @Test func fieldsBecomeAnEntry() throws {
        let line = #"""
            {"__CURSOR":"c1","__REALTIME_TIMESTAMP":"1735914732123456","PRIORITY":"3","SYSLOG_IDENTIFIER":"sshd","_PID":"42",
            "_SYSTEMD_UNIT":"ssh.service","_HOSTNAME":"h","MESSAGE":[104,195,169,27],"_TRANSPORT":"syslog"}
            """#.replacing("\n", with: "")
        let found = try #require(JournalEntry(Array(line.utf8), defaults: bench.defaults()))
        #expect(found.cursor == "c1")
        let entry = found.entry
        #expect(entry.time.description == "2025-01-03T14:32:12.123456Z" && entry.level == .error)
        #expect(entry.module == "sshd" && entry.process == "42" && entry.device == "D" && entry.session == "s")
        #expect(entry.message == "hé\u{1b}")
        #expect(entry.context.map(\.key) == ["unit", "host", "transport"])
        #expect(JournalEntry(Array("{}".utf8), defaults: bench.defaults()) == nil)
    }

    @Test func eachEntryIsTakenOnceOverRestarts() async throws {
        let program = bench.directory.path + "/journalctl"
        let script = """
            #!/bin/sh
            from=1
            for argument in "$@"; do
                case $argument in --after-cursor=*) from=$((${argument#--after-cursor=} + 1)) ;; esac
            done
            for number in $(seq "$from" "$((from + 2))"); do
                echo '{"__CURSOR":"'"$number"'","__REALTIME_TIMESTAMP":"1735914732000000","MESSAGE":"line '"$number"'"}'
            done
            echo 'no json'
            exec sleep 1000
            """
        try script.write(toFile: program, atomically: false, encoding: .utf8)
        #expect(chmod(program, 0o755) == 0)
        for round in 1...2 {
            let stop = StopRequest()
            let input = JournalInput(
                InputSettings(.journal(units: ["nav.service"])), units: ["nav.service"], context: bench.context,
                program: program)
            let task = Task { try await input.run(stop: stop) }
            _ = try await bench.intake.awaitMessages(3 * round)
            stop.make()
            try await task.value
        }
        #expect(bench.intake.messages == (1...6).map { "line \($0)" })
        #expect(bench.refusals.counts["not_a_journal_entry"] ?? 0 >= 1)
    }
}
