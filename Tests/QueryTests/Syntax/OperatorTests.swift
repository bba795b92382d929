import Testing

@testable import Query

/// Precedence, the spellings of the operators, and what the lower-case ones are.
@Suite struct OperatorTests {
    @Test(arguments: [
        ("a b", FilterSyntax.and([word("a"), word("b")])),
        ("a AND b", .and([word("a"), word("b")])),
        ("a && b", .and([word("a"), word("b")])),
        ("a OR b", .or([word("a"), word("b")])),
        ("a || b", .or([word("a"), word("b")])),
        ("a||b", .or([word("a"), word("b")])),
        ("a b OR c d", .or([.and([word("a"), word("b")]), .and([word("c"), word("d")])])),
        ("(a OR b) c", .and([.or([word("a"), word("b")]), word("c")])),
        ("NOT a b", .and([.not(word("a")), word("b")])),
        ("NOT (a b)", .not(.and([word("a"), word("b")]))),
        ("a(b)c", .and([word("a"), word("b"), word("c")])),
        ("x:(a b OR c)", field("x", .or([.and([value("a"), value("b")]), value("c")]))),
        ("x:(a AND NOT b)", field("x", .and([value("a"), .not(value("b"))]))),
        ("x:(a && (b || c))", field("x", .and([value("a"), .or([value("b"), value("c")])]))),
        ("x:(a y:b)", field("x", .and([value("a"), value("y:b")]))),
        ("ANDROID ORDER NOTE", .and([word("ANDROID"), word("ORDER"), word("NOTE")])),
    ])
    func precedence(text: String, expected: FilterSyntax) throws {
        #expect(try filter(text) == expected)
    }

    @Test(arguments: ["a or b", "a and b", "not a", "a Or b", "x:(a or b)"])
    func lowerCaseIsAWordWithAHint(text: String) throws {
        var parser = Parser(text)
        _ = try parser.parseQuery()
        #expect(parser.warnings.map(\.code) == ["lowercase_operator"])
    }

    @Test func hintSaysWhere() throws {
        var parser = Parser("größe or b")
        #expect(try parser.parseQuery().filter == .and([word("größe"), word("or"), word("b")]))
        #expect(parser.warnings.first?.offset == 6)
        #expect(parser.warnings.first?.length == 2)
    }

    @Test(arguments: [
        ("a AND", 2, 3), ("a OR", 4, 0), ("AND a", 0, 3), ("OR a", 0, 2), ("|| a", 0, 2), ("a AND OR b", 2, 3),
        ("a OR OR b", 5, 0), ("a AND AND b", 6, 3), ("NOT", 0, 3), ("a NOT", 2, 3), ("(a OR)", 5, 0),
        ("NOT OR a", 0, 3),
        ("x:(AND a)", 3, 3), ("x:(a OR)", 7, 0), ("x:(NOT)", 3, 3),
    ])
    func missingOperands(text: String, offset: Int, length: Int) {
        let error = diagnostic(text)
        #expect(error?.code == "expected_clause")
        #expect(error?.offset == offset)
        #expect(error?.length == length)
    }
}
