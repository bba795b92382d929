import Query
import Testing

@Suite struct PipeSyntaxTests {
    private func names(_ names: String...) -> [FieldName] { names.map { FieldName($0) } }

    @Test func everyPipe() throws {
        let module = FieldName("module")
        let cases: [(String, PipeSyntax.Kind)] = [
            ("stats count()", .stats([AggregateSyntax(.count)], by: [])),
            (
                "stats count(device) as n by module",
                .stats([AggregateSyntax(.count, fields: names("device"), name: FieldName("n"))], by: [.field(module)])
            ),
            (
                "stats count( ) by (module, bin(5m))",
                .stats([AggregateSyntax(.count)], by: [.field(module), .bin(QueryDuration(text: "5m")!, .none)])
            ),
            (
                "stats quantile(0.95, latency_ms) as p95",
                .stats(
                    [AggregateSyntax(.quantile, number: "0.95", fields: names("latency_ms"), name: FieldName("p95"))],
                    by: [])
            ),
            (
                "stats count() if (level:ERROR OR a) as e, rate()",
                .stats(
                    [
                        AggregateSyntax(
                            .count, condition: .or([field("level", value("ERROR")), word("a")]), name: FieldName("e")),
                        AggregateSyntax(.rate),
                    ], by: [])
            ),
            (
                "stats sum(a), avg(a), min(a), max(a), first(a), last(a), count_uniq(a, b)",
                .stats(
                    [
                        .init(.sum, fields: names("a")), .init(.avg, fields: names("a")),
                        .init(.min, fields: names("a")), .init(.max, fields: names("a")),
                        .init(.first, fields: names("a")), .init(.last, fields: names("a")),
                        .init(.countUniq, fields: names("a", "b")),
                    ], by: [])
            ),
            ("where level:ERROR OR a", .where(.or([field("level", value("ERROR")), word("a")]))),
            (
                "sort n desc, module asc, \"count()\"",
                .sort([
                    SortSyntax(FieldName("n"), isDescending: true), SortSyntax(module),
                    SortSyntax(FieldName("count()")),
                ])
            ),
            ("limit 10", .limit(10)), ("head 0", .limit(0)), ("tail 5", .tail(5)),
            ("fields time,message , context.camera_id", .fields(names("time", "message", "context.camera_id"))),
            ("drop @level", .drop([FieldName("level", isAttribute: true)])),
            ("rename a as b", .rename(FieldName("a"), FieldName("b"))),
            ("top 5 module", .top(5, [module])), ("top 5 by module, device", .top(5, names("module", "device"))),
            ("rare 3 module", .rare(3, [module])),
            ("uniq module", .uniq([module], withHits: false)),
            ("uniq module with hits", .uniq([module], withHits: true)),
            ("dedup session, message", .dedup(names("session", "message"))),
            (
                "extract \"retry <n> of <max>\" from message",
                .extract(QuotedText("retry <n> of <max>"), from: FieldName("message"))
            ),
            (
                "extract_regex /retry (?P<n>\\d+)|x/i",
                .extractRegex(.regex(RegexSyntax("retry (?P<n>\\d+)|x", ignoresCase: true)), from: nil)
            ),
            ("extract_regex `a(b)` from module", .extractRegex(.quoted(QuotedText("a(b)")), from: module)),
            ("context 5", .context(before: 5, after: 5, within: nil)),
            ("context before 2 after 3 within 10s", .context(before: 2, after: 3, within: QueryDuration(text: "10s"))),
            ("context after 3", .context(before: 0, after: 3, within: nil)),
            (
                "timechart 5m count() by level",
                .timechart(QueryDuration(text: "5m")!, [AggregateSyntax(.count)], by: names("level"))
            ),
            ("patterns", .patterns(nil)), ("patterns 20", .patterns(20)),
            ("fieldnames", .fieldNames), ("fieldvalues module", .fieldValues(module)), ("explain", .explain),
        ]
        for (text, expected) in cases {
            #expect(try QuerySyntax(parsing: "a | \(text)").pipes.map(\.kind) == [expected], "\(text)")
            #expect(try QuerySyntax(parsing: "|\(text)|limit 1").pipes.map(\.kind) == [expected, .limit(1)], "\(text)")
        }
    }

    @Test(
        arguments: [
            ("a |", "expected_pipe", 3, 0, nil), ("a | | limit 5", "expected_pipe", 4, 0, nil),
            ("a | count()", "stats_needed", 4, 7, "stats count()"),
            ("a | avg(x) by y", "stats_needed", 4, 6, "stats avg(x)"),
            ("a | statz count()", "unknown_pipe", 4, 5, "stats"), ("a | LIMIT 5", "unknown_pipe", 4, 5, "limit"),
            ("a | frobnicate", "unknown_pipe", 4, 10, nil),
            ("a | limit", "expected_argument", 9, 0, nil), ("a | limit x", "expected_argument", 10, 1, nil),
            ("a | limit -5", "expected_argument", 10, 2, nil), ("a | limit 5 6", "unexpected_argument", 12, 1, nil),
            ("a | limit 99999999999999999999", "expected_argument", 10, 20, nil),
            ("a | fields", "expected_argument", 10, 0, nil), ("a | fields a b", "unexpected_argument", 13, 1, nil),
            ("a | fields a,", "expected_argument", 13, 0, nil), ("a | fields 5x", "expected_argument", 11, 2, nil),
            ("a | fields a.5", "expected_field", 11, 3, "\"a.5\""),
            ("a | sort count() desc", "expected_field", 9, 5, "\"count()\""),
            ("a | rename a b", "expected_argument", 13, 1, nil), ("a | top module", "expected_argument", 8, 6, nil),
            ("a | uniq a with", "expected_argument", 15, 0, nil),
            ("a | extract x", "expected_argument", 12, 1, nil),
            ("a | extract_regex x", "expected_argument", 18, 1, nil),
            ("a | stats", "expected_argument", 9, 0, nil), ("a | stats coutn()", "unknown_function", 10, 5, "count"),
            ("a | stats count", "expected_argument", 15, 0, "count()"),
            ("a | stats count(", "unclosed_parenthesis", 15, 1, nil),
            ("a | stats sum()", "invalid_arguments", 10, 3, "sum(retry_count)"),
            ("a | stats quantile(x)", "invalid_arguments", 10, 8, "quantile(0.95, latency_ms)"),
            ("a | stats quantile(2, x)", "invalid_arguments", 10, 8, "quantile(0.95, latency_ms)"),
            ("a | stats rate(x)", "invalid_arguments", 10, 4, "rate()"),
            ("a | stats count() if level:ERROR", "expected_argument", 21, 11, nil),
            ("a | stats count() by bin(1)", "invalid_duration", 25, 1, "1m"),
            ("a | stats count() by (module", "unclosed_parenthesis", 21, 1, nil),
            ("a | timechart count()", "invalid_duration", 14, 5, nil), ("a | where", "expected_clause", 9, 0, nil),
            ("a | limit 5 )", "unexpected_parenthesis", 12, 1, "\\)"),
        ] as [(String, String, Int, Int, String?)])
    func errors(text: String, code: String, offset: Int, length: Int, suggestion: String?) {
        let error = diagnostic(text)
        #expect(error?.code == code)
        #expect(error?.offset == offset)
        #expect(error?.length == length)
        #expect(error?.suggestion == suggestion)
    }
}
