import Testing

@testable import Query

/// What decides between two readings of a text.
@Suite struct ReadingTests {
    // A `/` starts a regular expression only if a closing one ends the clause.
    @Test(arguments: [
        ("/a b/", FilterSyntax.regex(RegexSyntax("a b"))),
        ("/a(b|c)/i", .regex(RegexSyntax("a(b|c)", ignoresCase: true))),
        ("(/a/)", .regex(RegexSyntax("a"))),
        ("/a/b", word("/a/b")),
        ("/usr/bin/", word("/usr/bin/")),
        ("/a/ix", word("/a/ix")),
        ("//", word("//")),
        ("/a", word("/a")),
        (#"/a\/"#, word("/a/")),
        ("module:/nav.*/", field("module", .regex(RegexSyntax("nav.*")))),
        ("path:/usr/bin", field("path", value("/usr/bin"))),
        ("path:(/a|b/ OR /c)", field("path", .or([.regex(RegexSyntax("a|b")), value("/c")]))),
    ])
    func regexOrWord(text: String, expected: FilterSyntax) throws {
        #expect(try filter(text) == expected)
    }

    @Test func barAfterAWordIsAPipe() throws {
        #expect(try QuerySyntax(parsing: "/a | limit 5").filter == word("/a"))
        #expect(try QuerySyntax(parsing: "/a/| limit 5").filter == .regex(RegexSyntax("a")))
    }

    // Quotes open a string only at the start of a clause or a value; curly ones are straight ones.
    @Test(arguments: [
        (#"a"b"#, word(#"a"b"#)),
        ("“gps weak”", phrase("gps weak")),
        ("„gps weak“", phrase("gps weak")),
        ("‘gps weak’", phrase("gps weak")),
        ("can’t", word("can't")),
        (#"can\’t"#, word("can’t")),
        (#"'a "b" c'"#, phrase(#"a "b" c"#)),
        (#""a \"b\" \\ c""#, phrase(#"a "b" \ c"#)),
        (#"`a \" b`"#, phrase(#"a \" b"#)),
        (#""a\tb\nc\rd""#, phrase("a\tb\nc\rd")),
        (#"module:"gps weak""#, field("module", .text(.quoted(QuotedText("gps weak"), isPrefix: false)))),
        (#"module:'gps'*"#, field("module", .text(.quoted(QuotedText("gps"), isPrefix: true)))),
        (#"module:it's"#, field("module", value("it's"))),
        (#""a b":c"#, field("a b", value("c"))),
        (#""*""#, phrase("*")),
        ("\"\"", phrase("")),
    ])
    func quotes(text: String, expected: FilterSyntax) throws {
        #expect(try filter(text) == expected)
    }

    // Words.
    @Test(arguments: [
        (#"a\ b"#, word("a b")),
        (#"a\*b"#, word("a*b")),
        (#"\(a\)"#, word("(a)")),
        (#"\AND"#, word("AND")),
        (#"a\"#, word(#"a\"#)),
        ("a,b", word("a,b")),
        ("[a]", word("[a]")),
        ("a=b", word("a=b")),
        ("obst*", .text(.word(WordPattern([.literal("obst"), .anyRun])))),
        (
            "*st?c**k",
            .text(.word(WordPattern([.anyRun, .literal("st"), .anyOne, .literal("c"), .anyRun, .literal("k")])))
        ),
        ("größe", word("größe")),
        ("a\u{a0}b", .and([word("a"), word("b")])),
        ("10.0.0.1:80", word("10.0.0.1:80")),
        ("&x", word("&x")),
    ])
    func words(text: String, expected: FilterSyntax) throws {
        #expect(try filter(text) == expected)
    }

    // Inside `in( )`, `[ ]`, `{ }`, `, ( ) [ ] { } =` end a word.
    @Test(arguments: [
        ("x:in(a, b , c)", field("x", .set([scalar("a"), scalar("b"), scalar("c")]))),
        (#"x:in("a,b",c)"#, field("x", .set([.quoted(QuotedText("a,b")), scalar("c")]))),
        ("x:in(a)b", .and([field("x", .set([scalar("a")])), word("b")])),
        ("x:IN [a b]", field("x", .set([scalar("a"), scalar("b")]))),
        ("x:IN[ a ]", field("x", .set([scalar("a")]))),
        ("x:IN", field("x", value("IN"))),
        ("x:[1 TO 5]", field("x", .range(bound("1"), bound("5")))),
        ("x:{1 TO 5}", field("x", .range(bound("1", false), bound("5", false)))),
        ("x:[ 1 TO 5 }", field("x", .range(bound("1"), bound("5", false)))),
        ("x:{* TO 5]", field("x", .range(bound(nil, false), bound("5")))),
        (#"x:["a b" TO *]"#, field("x", .range(RangeBound(.quoted(QuotedText("a b"))), bound(nil)))),
        ("x:a,b=c", field("x", value("a,b=c"))),
    ])
    func bracketsEndWords(text: String, expected: FilterSyntax) throws {
        #expect(try filter(text) == expected)
    }

    // After `field:` an unquoted value with exactly one `..` between non-empty sides is a range.
    @Test(arguments: [
        ("x:1..5", field("x", .range(bound("1"), bound("5")))),
        ("x:-5..-1", field("x", .range(bound("-5"), bound("-1")))),
        ("x:*..5", field("x", .range(bound(nil), bound("5")))),
        ("x:5..*", field("x", .range(bound("5"), bound(nil)))),
        ("x:(1..5 OR 9)", field("x", .or([.range(bound("1"), bound("5")), value("9")]))),
        (
            #"x:"a b".."c d""#,
            field("x", .range(RangeBound(.quoted(QuotedText("a b"))), RangeBound(.quoted(QuotedText("c d")))))
        ),
        (#"x:a.."c d""#, field("x", .range(bound("a"), RangeBound(.quoted(QuotedText("c d")))))),
        (#"x:"a b"..c"#, field("x", .range(RangeBound(.quoted(QuotedText("a b"))), bound("c")))),
        ("a..b", word("a..b")),
        ("x:a..", field("x", value("a.."))),
        ("x:..b", field("x", value("..b"))),
        ("x:a...b", field("x", value("a...b"))),
        ("x:a..b..c", field("x", value("a..b..c"))),
        (#"x:a\..b"#, field("x", value("a..b"))),
    ])
    func ranges(text: String, expected: FilterSyntax) throws {
        #expect(try filter(text) == expected)
    }

    // One `-` or `!` at the start of a clause negates; in a value, or before a digit inside a group, `-` is a sign.
    @Test(arguments: [
        ("-a", FilterSyntax.not(word("a"))),
        ("!a", .not(word("a"))),
        ("-5", .not(word("5"))),
        ("-(a b)", .not(.and([word("a"), word("b")]))),
        (#"-"a b""#, .not(phrase("a b"))),
        ("-module:nav", .not(field("module", value("nav")))),
        ("--x", word("--x")),
        ("-!x", word("-!x")),
        ("!!x", word("!!x")),
        ("a - b", .and([word("a"), word("-"), word("b")])),
        ("a-b", word("a-b")),
        ("x:-5", field("x", value("-5"))),
        ("x:-a", field("x", value("-a"))),
        ("x:(-5 OR 3)", field("x", .or([value("-5"), value("3")]))),
        ("x:(-a OR !b)", field("x", .or([.not(value("a")), .not(value("b"))]))),
        ("x:(!=3 -4)", field("x", .and([.compare(.notEqual, scalar("3")), value("-4")]))),
        ("x:>-5", field("x", .compare(.greater, scalar("-5")))),
        ("NOT -a", .not(.not(word("a")))),
        ("NOT NOT a", .not(.not(word("a")))),
        ("NOT(a)", .not(word("a"))),
    ])
    func signs(text: String, expected: FilterSyntax) throws {
        #expect(try filter(text) == expected)
    }

    // `ident:` followed by a space or the end is literal text.
    @Test(arguments: [
        ("Waypoint reached: WP-5", FilterSyntax.and([word("Waypoint"), word("reached:"), word("WP-5")]), false),
        ("level: ERROR", .and([word("level:"), word("ERROR")]), true),
        ("module:", word("module:"), true),
        ("(module:)", word("module:"), true),
        ("has: x", .and([word("has:"), word("x")]), true),
        ("@level: x", .and([word("@level:"), word("x")]), false),
        (#""level": x"#, .and([phrase("level"), word(":"), word("x")]), true),
        (#""camera": x"#, .and([phrase("camera"), word(":"), word("x")]), false),
    ])
    func literalFields(text: String, expected: FilterSyntax, warns: Bool) throws {
        var parser = Parser(text)
        #expect(try parser.parseQuery().filter == expected)
        #expect(parser.warnings.map(\.code) == (warns ? ["literal_field"] : []))
    }

    // Reserved names as real fields.
    @Test(arguments: [
        (#""since":x"#, field("since", value("x"))),
        ("@since:x", attribute("since", value("x"))),
        (#""has":x"#, field("has", value("x"))),
        ("@level:x", attribute("level", value("x"))),
        ("since.x:y", field("since.x", value("y"))),
        ("context.retry_count:>2", field("context.retry_count", .compare(.greater, scalar("2")))),
        ("straße-2.a_b:c", field("straße-2.a_b", value("c"))),
        ("NOT:x", field("NOT", value("x"))),
    ])
    func names(text: String, expected: FilterSyntax) throws {
        #expect(try filter(text) == expected)
    }

    @Test(arguments: [
        ("camera_id:*", field("camera_id", .exists)),
        ("has:camera_id", field("camera_id", .exists)),
        ("has:@level", attribute("level", .exists)),
        (#"missing:"since""#, .missing(FieldName("since"))),
        ("missing:a.b", .missing(FieldName("a.b"))),
        (#"x:"*""#, field("x", .text(.quoted(QuotedText("*"), isPrefix: false)))),
    ])
    func existence(text: String, expected: FilterSyntax) throws {
        #expect(try filter(text) == expected)
    }

    @Test(arguments: [
        ("x:>=1", ComparisonOperator.greaterOrEqual), ("x:>1", .greater), ("x:<=1", .lessOrEqual), ("x:<1", .less),
        ("x:=1", .equal), ("x:!=1", .notEqual),
    ])
    func comparisons(text: String, expected: ComparisonOperator) throws {
        #expect(try filter(text) == field("x", .compare(expected, scalar("1"))))
    }
}
