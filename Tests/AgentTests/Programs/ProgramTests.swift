import Testing

@testable import Agent

struct ProgramTests {
    private func run(_ arguments: [String], timeout: Duration = .seconds(60), bytes: Int = 1_000) async -> Program.End {
        await Program(arguments: arguments, environment: ["LOGDB_DELAY": "5 s"]).run(
            timeout: timeout, outputByteCountMax: bytes)
    }

    private func shell(_ script: String, timeout: Duration = .seconds(60), bytes: Int = 1_000) async -> Program.End {
        await run(["/bin/sh", "-c", script], timeout: timeout, bytes: bytes)
    }

    @Test func outputAndStatusAreTold() async {
        #expect(await shell("echo one; echo two >&2; exit 3") == .exited(3, output: "one\ntwo\n"))
        #expect(await shell("kill -9 $$") == .killed(9, output: ""))
        #expect(await shell("echo $LOGDB_DELAY; cat") == .exited(0, output: "5 s\n"))
    }

    @Test func aProgramThatIsNotThereIsSaid() async {
        #expect(await run(["/no/such/program"]) == .notStarted("No such file or directory"))
    }

    @Test func aProgramIsEndedWithWhatItStarted() async {
        let end = await shell("echo begun; sleep 1000 & sleep 1000", timeout: .milliseconds(300))
        #expect(end == .timedOut(output: "begun\n"))
        // One that leaves something behind is not waited for.
        #expect(await shell("sleep 1000 & echo done") == .exited(0, output: "done\n"))
    }

    @Test func muchOutputIsCutInTheMiddle() async {
        guard case .exited(0, let output) = await shell("echo first; seq 100000; echo last", bytes: 200) else {
            Issue.record("the program did not end well")
            return
        }
        #expect(output.hasPrefix("first\n1\n2\n") && output.hasSuffix("100000\nlast\n"))
        #expect(output.contains("bytes left out]") && output.utf8.count < 250)
    }

    @Test func cancellingEndsIt() async {
        let task = Task { await shell("echo begun; sleep 1000") }
        task.cancel()
        if case .exited = await task.value { Issue.record("it came to its end") }
    }
}
