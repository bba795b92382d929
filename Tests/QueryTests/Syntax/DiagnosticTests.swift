import Query
import Testing

@Suite struct DiagnosticTests {
    @Test(
        arguments: [
            ("(a", "unclosed_parenthesis", 0, 1, nil), ("a (b (c)", "unclosed_parenthesis", 2, 1, nil),
            ("a)", "unexpected_parenthesis", 1, 1, "\\)"), (")", "unexpected_parenthesis", 0, 1, "\\)"),
            ("()", "empty_parentheses", 0, 2, "\"()\""), ("f( )", "empty_parentheses", 1, 3, "\"()\""),
            ("x:()", "empty_parentheses", 2, 2, "\"()\""), ("x:(a", "unclosed_parenthesis", 2, 1, nil),
            ("'a", "unclosed_quote", 0, 1, nil), ("x:`a", "unclosed_quote", 2, 1, nil),
            ("“a", "unclosed_quote", 0, 1, nil),
            ("größe x:\"ü", "unclosed_quote", 8, 1, nil), ("😀😀 \"", "unclosed_quote", 3, 1, nil),
            ("x:>", "expected_value", 3, 0, nil), ("x:> 5", "expected_value", 3, 0, nil),
            ("x:=)", "expected_value", 3, 0, nil),
            ("x:[1 5]", "invalid_range", 5, 0, "\"[1 5]\""), ("x:[1 to 5]", "invalid_range", 5, 2, "TO"),
            ("x:[1 TO 5", "invalid_range", 9, 0, nil), ("x:[nav]", "invalid_range", 6, 0, "\"[nav]\""),
            ("x:[]", "invalid_range", 3, 0, nil), ("x:[1 TO ]", "invalid_range", 8, 0, nil),
            ("x:in(a b)", "invalid_set", 7, 1, nil), ("x:in(", "invalid_set", 2, 3, nil),
            ("x:in()", "invalid_set", 5, 1, nil),
            ("x:in(a,)", "invalid_set", 7, 1, nil), ("x:IN(a,b)", "invalid_set", 2, 3, "in("),
            ("x:IN [a,b]", "invalid_set", 7, 1, nil), ("x:IN []", "invalid_set", 6, 1, nil),
            ("has:\"a", "unclosed_quote", 4, 1, nil), ("has:5", "expected_field", 4, 1, nil),
            ("has:a*", "expected_field", 4, 2, "a"),
        ] as [(String, String, Int, Int, String?)])
    func places(text: String, code: String, offset: Int, length: Int, suggestion: String?) {
        let error = diagnostic(text)
        #expect(error?.code == code)
        #expect(error?.offset == offset)
        #expect(error?.length == length)
        #expect(error?.suggestion == suggestion)
    }

    @Test func saysWhatIsExpected() {
        #expect(diagnostic("x:[1 5]")?.expected == ["TO"])
        #expect(diagnostic("a | ")?.expected.contains("stats") == true)
        #expect(diagnostic("since:x")?.expected.contains("now") == true)
    }

    @Test func describesItself() {
        let error = QueryErrors([
            QueryDiagnostic(code: "x", offset: 3, length: 1, message: "No.", suggestion: "y"),
            QueryDiagnostic(code: "x", offset: 9, length: 1, message: "Neither."),
        ])
        #expect(error.description == "at 3: No. Did you mean y?\nat 9: Neither.")
    }
}
