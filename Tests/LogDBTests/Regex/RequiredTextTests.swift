import Testing

@testable import LogDB

@Suite struct RequiredTextTests {
    private static func required(_ pattern: String, ignoresCase: Bool = false) throws -> RequiredText {
        try RegexPattern(pattern, ignoresCase: ignoresCase).requiredText
    }

    /// A literal; a `<` or `>` says that a token may go on there.
    private static func literal(_ text: String) -> RequiredText {
        let startsOpen = text.hasPrefix("<")
        let endsOpen = text.hasSuffix(">")
        let bytes = Array(text.dropFirst(startsOpen ? 1 : 0).dropLast(endsOpen ? 1 : 0).utf8)
        return .literal(RequiredText.Literal(bytes: bytes, startsOpen: startsOpen, endsOpen: endsOpen))
    }

    @Test(arguments: [
        ("GPS signal", "<gps signal>"), ("(GPS) (?:signal)", "<gps signal>"), ("^GPS signal$", "gps signal"),
        (#"\AGPS\z"#, "gps"), (#"\bGPS\b sig\Bnal"#, "<gps signal>"), (#"\sGPS[ ,;]"#, "gps"),
        (#"[[:space:]]+GPS\s"#, "gps"), (#"a\.b\/c\_d\nz"#, "<a.b/c_d\nz>"), (#"\Qa.b(\E[c]"#, "<a.b(c>"),
        (#"[.][*]"#, "<.*>"), ("[]]", "<]>"), ("a{x}{", "<a{x}{>"), ("Zustand ÜBER", "<zustand über>"),
        ("(?P<name>GPS)x", "<gpsx>"), ("(?i)GPS(?-i: weak)", "<gps weak>"), ("GPS(?s:.*)", "<gps>"),
        ("ab*", "<a>"), ("ab?", "<a>"), ("ab{0,3}", "<a>"), ("ab+", "<ab>"), ("(?:ab)+", "<ab>"), ("a{3}?", "<a>"),
        ("[^x]a", "<a>"), (".a", "<a>"), (#"\pLa"#, "<a>"), (#"\p{Greek}a"#, "<a>"), (#"\x41a"#, "<a>"),
        (#"\x{41}a"#, "<a>"), (#"\101a"#, "<a>"), (#"[\x41-\x43]a"#, "<a>"), ("[a-c]d", "<d>"), (#"[\d.]d"#, "<d>"),
        ("(x|)a", "<a>"), ("(?:x|y*)a", "<a>"), ("\u{fffd}a", "<a>"), ("[\u{fffd}]a", "<a>"),
        ("((((a))))", "<a>"), ("a$|a$", nil), ("a|", nil), (".*", nil), ("", nil), (#"\d+"#, nil), ("[ab]", nil),
    ])
    func literals(_ pattern: String, _ expected: String?) throws {
        if pattern == "a$|a$" {
            #expect(try Self.required(pattern) == .any([Self.literal("<a"), Self.literal("<a")]))
            return
        }
        #expect(try Self.required(pattern) == expected.map(Self.literal) ?? .unknown)
    }

    @Test func partsAndChoices() throws {
        let literal = Self.literal
        #expect(try Self.required("GPS.*weak") == .all([literal("<gps>"), literal("<weak>")]))
        #expect(try Self.required(#"blk_-?1[0-9]+7\b"#) == .all([literal("<blk_>"), literal("<1>"), literal("<7>")]))
        #expect(try Self.required("fooo+bar") == .all([literal("<fooo>"), literal("<bar>")]))
        #expect(
            try Self.required("a (b|c d) e")
                == .all([
                    literal("<a >"), .any([literal("<b>"), literal("<c d>")]), literal("< e>"),
                ]))
        #expect(
            try Self.required("a|b|(c|d)")
                == .any([
                    literal("<a>"), literal("<b>"), literal("<c>"), literal("<d>"),
                ]))
        #expect(try Self.required("(ab.c){2}d") == .all([literal("<ab>"), literal("<c>"), literal("<d>")]))
        #expect(try Self.required("^a|b$") == .any([literal("a>"), literal("<b")]))
    }

    @Test(arguments: [
        ("error in .*", ["error in "]), ("(a|b)xyz.*uv", ["xyz"]), ("TIMEOUT|refused", ["timeout", "refused"]),
        ("(timeout|refused|timeout) at .", ["timeout", "refused"]), ("(tim|re)f at", ["f at"]), (".*", []),
        ("a|b|.", []), ("(a|b) c|(a|d) e", [" c", " e"]),
        ("a|b|c|d|e|f|g|h", ["a", "b", "c", "d", "e", "f", "g", "h"]),
        ("a|b|c|d|e|f|g|h|i", []), ("(a|b|c|d|e|f|g|h|i)j", ["j"]),
    ])
    func theBestLiterals(_ pattern: String, _ expected: [String]) throws {
        #expect(try Self.required(pattern).literals == expected.map { Array($0.utf8) })
    }

    @Test func outsideASCIINothingIsKnownOfCase() throws {
        #expect(try Self.required("Über", ignoresCase: true) == Self.literal("<ber>"))
        #expect(try Self.required("KS", ignoresCase: true) == Self.literal("<ks>"))
        #expect(try Self.required("a(?i)é(?-i)É") == .all([Self.literal("<a>"), Self.literal("<é>")]))
        #expect(try Self.required("((?i)é)É") == Self.literal("<é>"))
    }

    /// Letters whose case RE2 ignores have the same folding here, or a literal would be looked for in vain.
    @Test func foldingsOfASCIILettersAgree() throws {
        for letter in "abcdefghijklmnopqrstuvwxyz".unicodeScalars {
            let regex = try RegexPattern("^\(letter)", ignoresCase: true)
            for value in (0x80 as UInt32)...0x2fff {
                guard let scalar = Unicode.Scalar(value), regex.occurs(in: String(scalar)) else { continue }
                #expect(CaseFolding.fold(Array(String(scalar).utf8)) == [UInt8(letter.value)])
            }
        }
    }

    @Test func deepGroupsGiveNothing() throws {
        let deep = String(repeating: "(?:", count: 400) + "a" + String(repeating: ")", count: 400)
        #expect(try Self.required(deep) == .unknown)
    }

    /// The one promise: a text that matches contains what is required.
    @Test func everyTextThatMatchesContainsIt() throws {
        var random = TextRandom(seed: 62)
        var tested = 0
        for round in 0..<6_000 {
            let regex = random.regex(depth: 3)
            let ignoresCase = random.next() % 2 == 0
            let required = try Self.required(regex.text, ignoresCase: ignoresCase)
            guard required != .unknown else { continue }
            for _ in 0..<4 {
                let text = random.text(8, onlyPlain: round % 2 == 0)
                guard regex.occurs(in: text, ignoresCase: ignoresCase) else { continue }
                tested += 1
                let folded = CaseFolding.fold(text)
                #expect(folded.withUnsafeBytes { Self.contains(required, $0) }, "/\(regex.text)/ on \(text)")
            }
        }
        #expect(tested > 400, "\(tested)")
    }

    /// The same for whatever RE2 accepts, however odd.
    @Test func oddPatternsAreReadAsRE2ReadsThem() throws {
        let fragments = [
            "a", "b", "A", "k", "é", "1", "0", " ", ".", ",", "-", "(", ")", "(?:", "(?i)", "(?-i:", "(?im-s:",
            "(?P<n>",
            "[", "]", "[^", "[:space:]", "^", "$", "|", "*", "+", "?", "{2}", "{0,1}", "{1,}", "{,2}", "{01}", "{", "}",
            "\\Q", "\\E", "\\b", "\\B", "\\s", "\\S", "\\w", "\\A", "\\z", "\\C", "\\", "\\.", "\\x41", "\\x{62}",
            "\\101", "\\1", "\\pL", "\\p{Lu}", "\\n", "\\t", "\u{fffd}", "a-k", "ab", " a ", "a|",
        ]
        var random = TextRandom(seed: 65)
        var accepted = 0
        var tested = 0
        for _ in 0..<15_000 {
            let count = Int.random(in: 1...7, using: &random)
            let pattern = (0..<count).map { _ in fragments.randomElement(using: &random)! }.joined()
            guard let regex = try? RegexPattern(pattern, ignoresCase: random.next() % 2 == 0) else { continue }
            accepted += 1
            guard regex.requiredText != .unknown else { continue }
            for _ in 0..<4 {
                let text = random.text(8, onlyPlain: random.next() % 2 == 0)
                guard regex.occurs(in: String(decoding: text, as: UTF8.self)) else { continue }
                tested += 1
                let folded = CaseFolding.fold(text)
                #expect(folded.withUnsafeBytes { Self.contains(regex.requiredText, $0) }, "/\(pattern)/ on \(text)")
            }
        }
        #expect(accepted > 4_000 && tested > 500, "\(accepted) \(tested)")
    }

    private static func contains(_ required: RequiredText, _ text: UnsafeRawBufferPointer) -> Bool {
        switch required {
        case .unknown: return true
        case .all(let parts): return parts.allSatisfy { contains($0, text) }
        case .any(let choices): return choices.contains { contains($0, text) }
        case .literal(let literal):
            let count = literal.bytes.count
            guard count <= text.count else { return false }
            return (0...(text.count - count)).contains { start in
                text[start..<(start + count)].elementsEqual(literal.bytes)
                    && (literal.startsOpen || !TokenBoundary.tokenEnds(at: start, in: text))
                    && (literal.endsOpen || !TokenBoundary.tokenBegins(at: start + count, in: text))
            }
        }
    }
}
