import Testing

@testable import LogDB

@Suite struct RegexPatternTests {
    private static func error(_ text: String, ignoresCase: Bool = false) -> RegexError? {
        do throws(RegexError) {
            _ = try RegexPattern(text, ignoresCase: ignoresCase)
            return nil
        } catch { return error }
    }

    @Test(arguments: [
        ("GPS", "no GPS signal", true), ("GPS", "no gps signal", false), ("(?i)GPS", "no gps signal", true),
        ("^no", "no GPS", true), ("^GPS", "no GPS", false), ("GPS$", "no GPS", true), ("^b", "a\nb", false),
        ("(?m)^b", "a\nb", true), ("a.b", "a\nb", false), ("(?s)a.b", "a\nb", true), ("a[^x]b", "a\nb", true),
        ("", "", true), ("^$", "", true), ("^$", "\n", false), ("x{0}", "a", true),
        (#"blk_-?1[0-9]+7\b"#, "got blk_-1097 now", true), (#"blk_-?1[0-9]+7\b"#, "got blk_-10978 now", false),
        (#"a\/b"#, "a/b", true), (#"\Qa.b\E+"#, "a.bbb", true), (#"\Qa.b\E"#, "axb", false),
        ("a{,2}", "a{,2}", true), ("a{x", "a{x", true), ("[]a]+$", "a]", true), ("[^]a]", "]a", false),
        // A character is a Unicode scalar.
        ("^.$", "é", true), ("^[é]$", "é", true), ("^[^é]$", "中", true), ("^..$", "e\u{301}", true),
        (#"^\pL+$"#, "État", true), (#"^\pL+$"#, "a1", false), (#"^\p{Greek}$"#, "λ", true),
        (#"^\w+$"#, "état", false), (#"\bétat"#, "un état", false), (#"[[:alpha:]]"#, "é", false),
        (#"\x{4e2d}"#, "中", true), (#"^\d$"#, "٣", false), ("\u{0}", "a\u{0}b", true),
    ])
    func meaning(_ pattern: String, _ text: String, _ expected: Bool) throws {
        #expect(try RegexPattern(pattern).occurs(in: text) == expected)
    }

    @Test(arguments: [
        ("k", "\u{212a}"), ("S", "\u{17f}"), ("É", "é"), ("ß", "ẞ"), ("Σ", "ς"), ("[a-c]", "B"), ("µ", "Μ"), ("ⱥ", "Ⱥ"),
    ])
    func caseIsIgnored(_ pattern: String, _ text: String) throws {
        #expect(try RegexPattern(pattern, ignoresCase: true).occurs(in: text))
        #expect(try !RegexPattern(pattern).occurs(in: text))
        #expect(try !RegexPattern("(?-i)" + pattern, ignoresCase: true).occurs(in: text))
    }

    @Test func patternsAreEqualWhenWrittenTheSame() throws {
        let pattern = try RegexPattern("a", ignoresCase: true)
        #expect(try pattern == RegexPattern("a", ignoresCase: true))
        #expect(try pattern != RegexPattern("a") && pattern != RegexPattern("b", ignoresCase: true))
    }

    @Test func agreesWithThePlainMeaningOnRandomTexts() throws {
        var random = TextRandom(seed: 61)
        var scratch = MatchScratch()
        var found = 0
        for round in 0..<6_000 {
            let regex = random.regex()
            let ignoresCase = random.next() % 2 == 0
            let matcher = RegexMatcher(try RegexPattern(regex.text, ignoresCase: ignoresCase))
            for _ in 0..<3 {
                let text = random.text(8, onlyPlain: round % 2 == 0)
                let expected = regex.occurs(in: text, ignoresCase: ignoresCase)
                if expected { found += 1 }
                let answer = text.withUnsafeBytes { matcher.occurs(in: $0, scratch: &scratch) }
                #expect(answer == expected, "/\(regex.text)/\(ignoresCase ? "i" : "") on \(text)")
            }
        }
        #expect(found > 2_000, "the random expressions must not all miss")
    }

    @Test(arguments: [
        (#"a(b"#, 1, 1, #"\("#), ("(a)(b(c)", 3, 1, #"\("#), (#"\((a[(]\Q(\E"#, 2, 1, #"\("#), ("([)]", 0, 1, #"\("#),
        ("a)b", 1, 1, #"\)"#), (#"\)[)](a))"#, 8, 1, #"\)"#), ("x[abc", 1, 1, #"\["#), (#"\[a][b"#, 4, 1, #"\["#),
        ("ü[z-a]", 3, 3, nil), ("z-a[z-a]", 4, 3, nil), ("[[:foo:]]", 1, 7, nil), (#"\pX"#, 0, 3, nil),
        (#"ab\8"#, 2, 2, nil), (#"\\8\8"#, 3, 2, nil), (#"(a)\1"#, 3, 2, nil), (#"a\Z"#, 1, 2, #"\z"#),
        (#"\é"#, 0, 3, "é"), (#"\xz"#, 0, 3, nil), (#"\x{110000}"#, 0, 9, nil), ("a\\", 1, 1, #"\\"#),
        ("*a", 0, 1, #"\*"#), (#"\*|*"#, 3, 1, #"\*"#), ("[*]|(+)", 5, 1, #"\+"#), ("?", 0, 1, #"\?"#),
        ("a**", 1, 2, nil), (#"\**a[**]++"#, 8, 2, nil), (".{1000}{1000}", 1, 12, nil), ("a{1001}", 1, 6, nil),
        ("a{2,1}", 1, 5, nil), ("(.{1000}){1000}", 9, 6, nil), ("((a{100}){10}){10}", 14, 4, nil),
        ("a(?=b)", 1, 3, nil), ("a(?!b)", 1, 3, nil), ("(?<=a)b", 0, 3, nil), ("(?<!a)b", 0, 3, nil),
        ("(?<n>a)", 0, 3, "(?P<"), ("(?>a)", 0, 3, nil), ("(?z)", 0, 3, nil), ("(?P<n", 0, 5, nil),
        ("a(?P<a b>c)", 1, 8, nil),
    ])
    func syntaxErrors(_ pattern: String, _ offset: Int, _ length: Int, _ suggestion: String?) throws {
        let error = try #require(Self.error(pattern))
        #expect(error.kind == .syntax)
        #expect(error.offset == offset && error.length == length, "\(error)")
        #expect(error.suggestion == suggestion)
        #expect(!error.message.isEmpty && error.message != "This is no regular expression.")
    }

    @Test func aSuggestionIsRight() throws {
        for pattern in ["a(b", "a)b", "[a", "a\\", "*a", "(?<n>a)", #"a\Z"#, #"a\h"#] {
            let error = try #require(Self.error(pattern))
            var bytes = Array(pattern.utf8)
            let suggestion = try #require(error.suggestion)
            bytes.replaceSubrange(error.offset..<(error.offset + error.length), with: Array(suggestion.utf8))
            #expect(Self.error(String(decoding: bytes, as: UTF8.self)) == nil)
        }
    }

    @Test func whatCannotBeLinearIsSaid() {
        for pattern in ["a(?=b)", "(?<!a)b", #"(a)\1"#, #"(?P<a>b)\k"#] {
            #expect(Self.error(pattern)?.message.contains("linear time") == true)
        }
    }

    /// A thousand places at which the fault might be cost no more than reading the pattern for each.
    @Test func aFaultIsFoundAmongManyLikeIt() throws {
        let error = try #require(Self.error(String(repeating: #"\*"#, count: 1_000) + #"\pL{100}|*"#))
        #expect(error.offset == 2_009 && error.length == 1)
    }

    @Test(arguments: [
        ".{1000}", #"\pL{100}"#, #"\pL{1000}"#, #"[^\s]{1,1000}"#, "(?i)[a-zé]{1000}",
        String(repeating: #"\pL"#, count: 300), String(repeating: #"(.{0,9}x){9}"#, count: 80),
    ])
    func whatIsTooLargeIsRefused(_ pattern: String) throws {
        let error = try #require(Self.error(pattern))
        #expect(error.kind == .tooLarge)
        #expect(error.offset == 0 && error.length == pattern.utf8.count)
        #expect(!error.expected.isEmpty)
    }

    @Test func theLargestIsAccepted() throws {
        let pattern = try RegexPattern(String(repeating: "a", count: RegexPattern.instructionCountMax - 4))
        #expect(pattern.instructionCount == RegexPattern.instructionCountMax)
        #expect(pattern.occurs(in: String(repeating: "a", count: RegexPattern.instructionCountMax)))
        let error = try #require(Self.error(String(repeating: "a", count: RegexPattern.instructionCountMax - 3)))
        #expect(error.kind == .tooLarge && error.message.contains("5001"))
    }

    @Test func deepParenthesesAreNoDanger() throws {
        let depth = 20_000
        let open = String(repeating: "(", count: depth)
        #expect(Self.error(open)?.offset == depth - 1)
        let nested = open + "a" + String(repeating: ")", count: depth)
        #expect(Self.error(nested)?.kind == .tooLarge)
        #expect(
            try RegexPattern(String(repeating: "(?:", count: depth) + "a" + String(repeating: ")", count: depth))
                .occurs(in: "a"))
    }

    /// In an engine that goes back these take longer than anyone waits.
    @Test(arguments: [
        ("(a*)*b", "a"), ("(x+x+)+y", "x"), ("(a|a)*b", "a"), ("(a|aa)+$b", "a"), ("(.*)*x(.*)*z", "y"),
        ("^(([a-z])+.)+[A-Z]([a-z])+$", "a"), ("(a?){300}b", "a"), (".*.*.*.*.*=x", "="), ("[ab]*a[ab]{300}c", "a"),
    ])
    func bombsAreAnswered(_ pattern: String, _ text: String) throws {
        let regex = try RegexPattern(pattern)
        #expect(!regex.occurs(in: String(repeating: text, count: 20_000)))
        #expect(!regex.occurs(in: String(repeating: text + "b", count: 10_000) + "-") || pattern.hasSuffix("b"))
    }
}
