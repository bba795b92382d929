import LogDB
import Testing

@testable import Query

@Suite struct PipelinePlanTests {
    @Test func entriesKeepTheirFieldsOrSomeOfThem() throws {
        #expect(try plan("a | sort level desc | head 5 | where b").pipeline.schema.entryColumns == .some(nil))
        let chosen = try plan("a | fields time, dsn, time | tail 3").pipeline
        #expect(chosen.schema.entryColumns == .some([.time, .device]))
    }

    /// The columns of a pipeline's answer, a table.
    @Test(
        arguments: [
            ("| stats count( ) by module_name, level, bin(1h)", ["module", "level", "time", "count( )"]),
            ("| stats count() by level, @level", ["level", "@level", "count()"]),
            ("| stats count() by x | stats max(x), count() as n", ["max(x)", "n"]),
            ("| top 3 module", ["module", "count"]), ("| rare 3 by count, module", ["count", "module", "count_"]),
            ("| uniq module, x", ["module", "x"]), ("| uniq module with hits", ["module", "hits"]),
            ("| fieldvalues @level", ["value", "count"]), ("| fieldnames", ["name", "count"]),
            ("| timechart 5m count(), max(x) as m by device", ["time", "device", "count()", "m"]),
            ("| patterns 5", ["pattern", "count", "first_seen", "last_seen", "example"]),
            ("| explain | where part:rows* | limit 1", ["part", "value"]),
            ("| fields module, message | rename module as m | drop message", ["m"]),
            (
                "| drop level, process, thread, logger, received, id, x",
                ["time", "device", "session", "module", "message", "context"]
            ),
            (
                "| extract \"a <b> c <d>\"",
                [
                    "id", "time", "received", "device", "session", "level", "module", "logger", "process", "thread",
                    "message", "context", "b", "d",
                ]
            ),
            ("| extract_regex /(?<a>x)(?P<b>y)/ | fields b, a", ["b", "a"]),
            ("| context 2 | fields message, match", ["message", "match"]),
            ("| rename level as severity | fields severity", ["severity"]),
            ("| stats count() by environment, session_status", ["environment", "session_status", "count()"]),
            ("| fields device_type, device", ["device_type", "device"]),
        ] as [(String, [String])])
    func columns(text: String, columns: [String]) throws {
        let schema = try plan(text).pipeline.schema
        #expect(schema.entryColumns == nil)
        #expect(schema.shown.map(\.name) == columns)
    }

    @Test(
        arguments: [
            ("| stats count() as n by module | sort modul", "unknown_column", 38, 5, "module"),
            ("| stats count() | sort n", "unknown_column", 23, 1, nil),
            ("| fields time | sort level", "unknown_column", 21, 5, nil),
            ("| fields time | stats count() by level", "unknown_column", 33, 5, nil),
            ("| fields time, level | fields module", "unknown_column", 30, 6, nil),
            ("| drop level | where level:ERROR", "unknown_column", 21, 5, nil),
            ("| rename level as l | sort level", "unknown_column", 27, 5, nil),
            ("| stats count() by module | where text", "unknown_column", 34, 4, nil),
            ("| stats count() by module | timechart 1h count()", "unknown_column", 28, 20, nil),
            ("| stats count() by module | patterns", "unknown_column", 28, 8, nil),
            ("| stats count() by @level | sort level", "unknown_column", 33, 5, "@level"),
            ("| stats count() by module | fields environment", "unknown_column", 35, 11, nil),
            ("| stats count() as a, count() as a", "duplicate_column", 33, 1, nil),
            ("| stats count(), count()", "duplicate_column", 17, 7, nil),
            ("| stats count() by level, level", "duplicate_column", 26, 5, nil),
            ("| fields level, module | rename level as module", "duplicate_column", 41, 6, nil),
            ("| stats count() by bin(1ns)", "invalid_duration", 19, 8, "bin(1h)"),
            ("| stats sum(x, y)", "invalid_arguments", 8, 9, nil),
            ("| fields level | drop level", "no_columns", 17, 10, nil),
            ("| stats count() | context 5", "needs_entries", 18, 9, nil),
            ("| context before 5001", "too_many_neighbours", 2, 19, nil),
            ("| context 5001", "too_many_neighbours", 2, 12, nil),
            ("| extract \"a\"", "invalid_template", 10, 3, nil),
            ("| extract \"<a><b>\"", "invalid_template", 10, 8, nil),
            ("| extract \"<a> <a>\"", "invalid_template", 10, 9, nil),
            ("| extract_regex /a/", "invalid_template", 16, 3, nil),
            ("| extract_regex /(?<a>/", "invalid_regex", 17, 1, "\\("),
        ] as [(String, String, Int, Int, String?)])
    func errors(text: String, code: String, offset: Int, length: Int, suggestion: String?) throws {
        let errors = try planErrors(text)
        #expect(errors.map(\.code) == [code])
        #expect(errors.first?.offset == offset)
        #expect(errors.first?.length == length)
        #expect(errors.first?.suggestion == suggestion)
    }
}
