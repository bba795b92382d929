import Testing

@testable import Agent

struct MultilineJoinerTests {
    private func join(_ rule: MultilineRule, _ text: String) -> [String] {
        var joiner = MultilineJoiner(rule)
        var texts: [[UInt8]] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if let ended = Array(line.utf8).withUnsafeBytes({ joiner.take($0) }) { texts.append(ended) }
        }
        if let last = joiner.flush() { texts.append(last) }
        return texts.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func withoutARuleEachLineIsAText() { #expect(join(.none, "a\n b\nc") == ["a", " b", "c"]) }

    @Test func indentedLinesBelongToTheOneBefore() {
        #expect(join(.indented, "a\n b\n\tc\nd\n e") == ["a\n b\n\tc", "d\n e"])
    }

    @Test func aTextBeginsWithItsTime() {
        let text =
            "2025-01-03 14:32:12 one\nmore\n\n[2025-01-03T14:32:13Z] two\n2025-13 no time\n2025-01-03 14:32 three"
        #expect(
            join(.timestamp, text) == [
                "2025-01-03 14:32:12 one\nmore\n", "[2025-01-03T14:32:13Z] two\n2025-13 no time",
                "2025-01-03 14:32 three",
            ])
    }

    @Test func tracebacksOfPythonStayTogether() {
        let traceback = """
            ERROR it failed
            Traceback (most recent call last):
              File "a.py", line 1, in f
                g()
            ValueError: no

            During handling of the above exception, another exception occurred:

            Traceback (most recent call last):
              File "a.py", line 3, in <module>
            KeyError: 'x'
            """
        #expect(join(.traceback, traceback + "\nINFO next\nINFO last") == [traceback, "INFO next", "INFO last"])
        #expect(join(.traceback, "INFO a\nINFO b\n\nINFO c") == ["INFO a", "INFO b", "", "INFO c"])
    }

    @Test func tracesOfJavaStayTogether() {
        let trace =
            "ERROR failed\njava.lang.X: no\n\tat a.b(C.java:1)\nCaused by: java.io.Y: z\n\tat c.d(E.java:2)\n\t... 3 more"
        #expect(join(.traceback, trace).count == 2)
        #expect(join(.traceback, "E: no\n\tat a.b(C.java:1)\nCaused by: Y\n\t... 1 more\nnext").count == 2)
    }

    @Test func aTextIsBounded() {
        let many = "a" + String(repeating: "\n b", count: MultilineJoiner.lineCountMax + 5)
        #expect(join(.indented, many).count == 2)
        let long = "a\n " + String(repeating: "x", count: MultilineJoiner.byteCountMax)
        #expect(join(.indented, long).count == 2)
    }
}
