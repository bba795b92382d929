import Query
import Testing

/// The vectors that every implementation of the language passes.
@Suite struct ParserVectorTests {
    private func moment(_ text: String, hour: Int? = nil, minute: Int? = nil, offset: Int? = nil) -> InstantSyntax {
        let parts = text.split(separator: "-").compactMap { Int($0) }
        return .moment(
            CalendarMoment(
                year: parts[0], month: parts[1], day: parts[2], time: hour.map { .init(hour: $0, minute: minute) },
                zone: offset.map { .offset(minutes: $0) } ?? .unstated))
    }

    @Test func fieldsAndTime() throws {
        let query = try QuerySyntax(parsing: "level:ERROR module:navigation since:1h")
        #expect(query.filter == .and([field("level", value("ERROR")), field("module", value("navigation"))]))
        #expect(query.timeClauses == [TimeSyntax(.since(ago("1h")))])
        #expect(query.pipes.isEmpty)
    }

    @Test func wordWithHyphens() throws {
        #expect(try filter("worker-thread-3") == word("worker-thread-3"))
    }

    @Test func negatedGroupAndPrefixPhrase() throws {
        #expect(
            try filter(#"-module:(nav OR input) "gps weak"*"#)
                == .and([
                    .not(field("module", .or([value("nav"), value("input")]))), phrase("gps weak", prefix: true),
                ]))
    }

    @Test func andBindsTighterThanOr() throws {
        #expect(try filter("a OR b c") == .or([word("a"), .and([word("b"), word("c")])]))
    }

    @Test func notBindsTightest() throws {
        #expect(try filter("NOT a OR b") == .or([.not(word("a")), word("b")]))
    }

    @Test func openRange() throws {
        #expect(try filter("timeout_ms:[100 TO *]") == field("timeout_ms", .range(bound("100"), bound(nil))))
    }

    @Test func colonsInValues() throws {
        #expect(try filter("ip:10.0.0.1:8080") == field("ip", value("10.0.0.1:8080")))
    }

    @Test func timeWithOffset() throws {
        let query = try QuerySyntax(parsing: "since:2025-01-03T14:00+03:00")
        #expect(query.timeClauses.map(\.kind) == [.since(moment("2025-01-03", hour: 14, minute: 0, offset: 180))])
        #expect(query.filter == .everything)
    }

    @Test func betweenDurations() throws {
        let query = try QuerySyntax(parsing: "between:2h..30m")
        #expect(query.timeClauses.map(\.kind) == [.between(ago("2h"), ago("30m"))])
    }

    @Test func timeCoversBothSidesOfOr() throws {
        let query = try QuerySyntax(parsing: "since:2025-01-01 device:A OR device:B")
        #expect(query.timeClauses.map(\.kind) == [.since(moment("2025-01-01"))])
        #expect(query.filter == .or([field("device", value("A")), field("device", value("B"))]))
    }

    @Test func apostropheInAWord() throws {
        #expect(try filter("can't") == word("can't"))
    }

    @Test func pathIsAWord() throws {
        #expect(try filter("/usr/bin") == word("/usr/bin"))
    }

    @Test func set() throws {
        #expect(try filter("event:in(E1,E2)") == field("event", .set([scalar("E1"), scalar("E2")])))
    }

    @Test func quotedOperator() throws {
        #expect(try filter(#""and""#) == phrase("and"))
    }

    @Test func regexWithBarAndEscapedSlash() throws {
        let query = try QuerySyntax(parsing: #"/a|b\/c/i | top 5 module"#)
        #expect(query.filter == .regex(RegexSyntax(#"a|b\/c"#, ignoresCase: true)))
        #expect(query.pipes == [PipeSyntax(.top(5, [FieldName("module")]))])
    }

    @Test func groupOfLevels() throws {
        #expect(try filter("level:(WARN OR ERROR)") == field("level", .or([value("WARN"), value("ERROR")])))
    }

    @Test func comparison() throws {
        #expect(try filter("retry_count:>2") == field("retry_count", .compare(.greater, scalar("2"))))
    }

    @Test func unclosedQuote() {
        let error = diagnostic(#"level:ERROR "gps weak"#)
        #expect(error?.code == "unclosed_quote")
        #expect(error?.offset == 12)
        #expect(error?.length == 1)
    }

    @Test func tenThousandParentheses() {
        let text = String(repeating: "(", count: 10_000) + "a" + String(repeating: ")", count: 10_000)
        let error = diagnostic(text)
        #expect(error?.code == "query_too_deep")
        #expect(error?.offset == QueryLimits.depthMax)
        #expect(error?.length == 1)
    }

    @Test func sinceAlone() {
        let error = diagnostic("since:")
        #expect(error?.code == "expected_value")
        #expect(error?.offset == 0)
        #expect(error?.length == 6)
        #expect(error?.suggestion == "since:1h")
    }

    @Test(arguments: ["", " ", "\t\n", "*", "  *  "]) func everything(text: String) throws {
        #expect(try QuerySyntax(parsing: text) == QuerySyntax())
    }

    @Test func examplesOfTheIntroduction() throws {
        let first = try QuerySyntax(parsing: #""GPS signal weak" device:Drone-* level:>=WARN between:2h..30m"#)
        #expect(
            first.filter
                == .and([
                    phrase("GPS signal weak"),
                    field("device", .text(.word(WordPattern([.literal("Drone-"), .anyRun])))),
                    field("level", .compare(.greaterOrEqual, scalar("WARN"))),
                ]))
        let second = try QuerySyntax(parsing: "session:nav_mission_42 | context 5")
        #expect(second.pipes == [PipeSyntax(.context(before: 5, after: 5, within: nil))])
        let third = try QuerySyntax(
            parsing:
                "level:>=ERROR since:7d | stats count() as n, count_uniq(device) by module, bin(1h) | sort n desc | limit 20"
        )
        #expect(
            third.pipes.map(\.kind) == [
                .stats(
                    [
                        AggregateSyntax(.count, name: FieldName("n")),
                        AggregateSyntax(.countUniq, fields: [FieldName("device")]),
                    ],
                    by: [.field(FieldName("module")), .bin(QueryDuration(text: "1h")!, .none)]),
                .sort([SortSyntax(FieldName("n"), isDescending: true)]),
                .limit(20),
            ])
    }
}
