import Testing

@testable import Query

@Suite struct TimeClauseTests {
    private func kind(_ text: String) throws -> TimeSyntax.Kind? {
        let query = try QuerySyntax(parsing: text)
        #expect(query.filter == .everything)
        #expect(query.timeClauses.count == 1)
        return query.timeClauses.first?.kind
    }

    private func moment(
        _ hour: Int? = nil, _ minute: Int? = nil, _ second: Int? = nil, _ fraction: String? = nil,
        _ zone: CalendarMoment.Zone = .unstated
    ) -> InstantSyntax {
        .moment(
            CalendarMoment(
                year: 2025, month: 1, day: 3,
                time: hour.map { .init(hour: $0, minute: minute, second: second, fraction: fraction) }, zone: zone))
    }

    @Test func instants() throws {
        let forward = InstantSyntax.Shift(isForward: true, QueryDuration(text: "5m")!)
        let back = InstantSyntax.Shift(isForward: false, QueryDuration(text: "1d")!)
        let cases: [(String, InstantSyntax)] = [
            ("1h", ago("1h")), ("1h30m", ago("1h30m")), ("1.5h", ago("1.5h")), ("250µs", ago("250us")),
            ("now", .now(nil, snap: nil)), ("now-1d", .now(back, snap: nil)), ("now+5m", .now(forward, snap: nil)),
            ("now/d", .now(nil, snap: .day)), ("now-1d/w", .now(back, snap: .week)),
            ("today", .today), ("yesterday", .yesterday),
            ("1735862401", .epoch("1735862401")), ("1735862401119", .epoch("1735862401119")),
            ("1735862401119348", .epoch("1735862401119348")), ("1735862401119348000", .epoch("1735862401119348000")),
            ("2025-01-03", moment()), ("2025-01-03T14", moment(14)), ("2025-01-03_14:05", moment(14, 5)),
            ("\"2025-01-03 14:05:06\"", moment(14, 5, 6)),
            ("2025-01-03T14:05:06.123456", moment(14, 5, 6, "123456")),
            ("2025-01-03T14:05:06.1Z", moment(14, 5, 6, "1", .offset(minutes: 0))),
            ("2025-01-03T14:05-0330", moment(14, 5, nil, nil, .offset(minutes: -210))),
            ("2025-01-03T14+03", moment(14, nil, nil, nil, .offset(minutes: 180))),
            ("2025-01-03Z", moment(nil, nil, nil, nil, .offset(minutes: 0))),
        ]
        for (text, expected) in cases {
            #expect(try kind("since:\(text)") == .since(expected), "since:\(text)")
            #expect(try kind("until:\(text)") == .until(expected), "until:\(text)")
        }
    }

    @Test func otherClauses() throws {
        let seconds = QueryDuration(text: "5s")!
        let cases: [(String, TimeSyntax.Kind)] = [
            ("between:2025-01-03..now", .between(moment(), .now(nil, snap: nil))),
            ("between:\"2025-01-03 14:05\"..\"2025-01-03 15:00\"", .between(moment(14, 5), moment(15, 0))),
            ("on:2025-01-03", .on(.date(year: 2025, month: 1, day: 3))),
            ("on:today", .on(.today)), ("on:yesterday", .on(.yesterday)),
            ("around:2025-01-03T14:05", .around(.instant(moment(14, 5)), within: nil)),
            ("around:\"2025-01-03 14:05\"~5s", .around(.instant(moment(14, 5)), within: seconds)),
            ("around:#abc-0_Z~5s", .around(.entry("abc-0_Z"), within: seconds)),
            ("tz:UTC", .zone(.utc)), ("tz:+03:00", .zone(.offset(minutes: 180))),
            ("tz:Europe/Berlin", .zone(.named("Europe/Berlin"))),
        ]
        for (text, expected) in cases { #expect(try kind(text) == expected, "\(text)") }
    }

    @Test(arguments: [
        "since:1h a OR b", "a since:1h OR b", "a OR b since:1h", "a OR since:1h b", "a OR b AND since:1h",
    ])
    func liftedBeforePrecedence(text: String) throws {
        let query = try QuerySyntax(parsing: text)
        #expect(query.timeClauses.map(\.kind) == [.since(ago("1h"))])
        #expect(query.filter == .or([word("a"), word("b")]))
    }

    @Test func repeatedClausesAreAllKept() throws {
        let query = try QuerySyntax(parsing: "since:1h tz:UTC until:5m AND a")
        #expect(query.timeClauses.count == 3)
        #expect(query.filter == word("a"))
    }

    @Test(arguments: [
        ("(since:1h)", 1, 8), ("a (b since:1h)", 5, 8), ("NOT since:1h", 4, 8), ("-since:1h", 1, 8),
        ("a | where since:1h", 10, 8), ("a | stats count() if (tz:UTC)", 22, 6),
        ("a OR since:1h", 5, 8), ("since:1h OR a", 0, 8), ("since:1h OR since:2h", 0, 8),
        ("a | limit 5 since:1h", 12, 8), ("| stats count() by module until:1h", 26, 8), ("| explain tz:UTC", 10, 6),
    ])
    func misplaced(text: String, offset: Int, length: Int) {
        let error = diagnostic(text)
        #expect(error?.code == "misplaced_time_clause")
        #expect(error?.offset == offset)
        #expect(error?.length == length)
    }

    @Test func aFieldOfTheSameNameMayStandInside() throws {
        #expect(try filter("(@since:x)") == attribute("since", value("x")))
    }

    @Test(
        arguments: [
            ("since: 1h", "expected_value", 0, 6, "since:1h"), ("since:", "expected_value", 0, 6, "since:1h"),
            ("until:", "expected_value", 0, 6, "until:1h"), ("a on: b", "expected_value", 2, 3, "on:today"),
            ("tz:", "expected_value", 0, 3, "tz:UTC"), ("since:| limit 5", "expected_value", 0, 6, "since:1h"),
            ("between:", "expected_value", 0, 8, "between:2h..30m"),
            ("around:", "expected_value", 0, 7, "around:2025-01-03T14:00~30s"),
            ("since:5", "invalid_time", 6, 1, "5m"), ("since:123456789", "invalid_time", 6, 9, nil),
            ("since:-1h", "invalid_time", 6, 3, "1h"), ("since:2hours", "invalid_time", 6, 6, "2h"),
            ("since:5min", "invalid_time", 6, 4, "5m"), ("since:1H", "invalid_time", 6, 2, "1h"),
            ("since:tomorrow", "invalid_time", 6, 8, "1h"), ("since:now/y", "invalid_time", 6, 5, "now/d"),
            ("since:now1h", "invalid_time", 6, 5, "now-1h"), ("since:2025-13-01", "invalid_time", 6, 10, nil),
            ("since:2025-02-29", "invalid_time", 6, 10, nil), ("since:2025-01-03T25", "invalid_time", 6, 13, nil),
            ("since:99999999999999999w", "invalid_time", 6, 18, nil),
            ("since:9999999999999weeks", "invalid_time", 6, 18, "1h"),
            ("around:now~99999999999999999w", "invalid_duration", 11, 18, "30s"),
            ("between:2h", "invalid_time", 10, 0, "2h..now"), ("between:2h..", "invalid_time", 12, 0, "2h..now"),
            ("on:1h", "invalid_time", 3, 2, "today"), ("on:2025-01-03T14:00", "invalid_time", 3, 16, "2025-01-03"),
            ("around:#~5s", "invalid_time", 7, 1, nil), ("around:now~x", "invalid_duration", 11, 1, "30s"),
            ("tz:+3", "invalid_time", 3, 2, "UTC"), ("since:\"1h\"x", "invalid_time", 10, 1, nil),
        ] as [(String, String, Int, Int, String?)])
    func errors(text: String, code: String, offset: Int, length: Int, suggestion: String?) {
        let error = diagnostic(text)
        #expect(error?.code == code)
        #expect(error?.offset == offset)
        #expect(error?.length == length)
        #expect(error?.suggestion == suggestion)
    }
}
