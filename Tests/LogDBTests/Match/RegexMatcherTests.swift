import LogModel
import Testing

@testable import LogDB

@Suite struct RegexMatcherTests {
    private func matches(_ pattern: String, _ text: [UInt8], ignoresCase: Bool = false) throws -> Bool {
        var scratch = MatchScratch()
        let regex = try RegexPattern(pattern, ignoresCase: ignoresCase)
        let asText = text.withUnsafeBytes { TextMatcher(.regex(regex)).matches($0, scratch: &scratch) }
        let asValue = text.withUnsafeBytes { ValueMatcher(.regex(regex)).matches($0, scratch: &scratch) }
        #expect(asText == asValue)
        return asText
    }

    /// Bytes that are not UTF-8 are matched as they are shown.
    @Test(
        arguments: [
            ([0xff], "^.$", true), ([0xff], "^\u{fffd}$", true), ([0x61, 0xff, 0x62], "a.b", true),
            ([0x61, 0xff, 0x62], "ab", false), ([0xc3], "é", false), ([0xc3, 0xa9], "^é$", true),
            // The start of a character that is cut off is one stretch, two bytes that start none are two.
            ([0xe4, 0xb8], "^.$", true), ([0xff, 0xff], "^..$", true), ([0xff, 0xff], "^.$", false),
            // Forms that are too long, and surrogates, are no characters.
            ([0xc0, 0xaf], "/", false), ([0xe0, 0x80, 0xaf], "^...$", true),
            ([0xed, 0xa0, 0x80], "[\u{fffd}]{3}", true),
            ([0xff, 0x41], "[^A]A", true), ([0xff], #"\pL"#, false), ([0xff], "\u{ff}", false),
            ([0xff], #"\x{ff}"#, false), ([0x67, 0x70, 0x73, 0xff], "gps$", false),
        ] as [([UInt8], String, Bool)])
    func bytesThatAreNotUTF8(_ text: [UInt8], _ pattern: String, _ expected: Bool) throws {
        #expect(try matches(pattern, text) == expected)
    }

    @Test func theLiteralIsLookedForInAnyCase() throws {
        let text = Array("no GPS Signal".utf8)
        #expect(try matches("GPS Signal", text) && !matches("gps signal", text))
        #expect(try matches("gps signal", text, ignoresCase: true))
        #expect(try matches("gpS|Sig", text) && !matches("gpS|siG", text))
        #expect(try matches("\u{212a}s", Array("\u{212a}s".utf8)) && !matches("\u{212a}", Array("k".utf8)))
        #expect(try matches("ks", Array("\u{212a}\u{17f}".utf8), ignoresCase: true))
    }

    @Test func emptyTextsAreTexts() throws {
        #expect(try matches("^$", []) && matches("", []) && !matches("a", []))
        #expect(RegexMatcher(try RegexPattern(".*x.*(yz|zy)")).requiredLiterals.map(\.bytes.count) == [2, 2])
        #expect(RegexMatcher(try RegexPattern("x*")).requiredLiterals.isEmpty)
    }

    /// Expressions whose states do not fit their memory are matched without them.
    @Test func bombsInAColumnAreAnswered() throws {
        var random = TextRandom(seed: 63)
        var column = ByteColumn()
        for _ in 0..<200 {
            let message = (0..<200).map { _ in random.next() % 2 == 0 ? UInt8(ascii: "a") : UInt8(ascii: "b") }
            message.withUnsafeBytes { column.append($0) }
        }
        var scratch = MatchScratch()
        for (pattern, expected) in [
            ("(a*)*c", 0), ("[ab]*a[ab]{150}", 200), ("(.{0,20}a){20}c", 0), ("(a?){900}[^ab]", 0),
            ("(a|b.{150}).{40}[ab]", 200),
        ] {
            let matcher = TextMatcher(.regex(try RegexPattern(pattern)))
            var found = Bitmap(count: column.count)
            column.bytes.withUnsafeBytes { bytes in
                column.ends.withUnsafeBufferPointer { ends in
                    matcher.matches(
                        bytes: bytes, ends: ends, rows: Bitmap(count: column.count, all: true), into: &found,
                        scratch: &scratch)
                }
            }
            #expect(found.setCount == expected, "\(pattern)")
        }
    }

    @Test func oneExpressionServesManyThreads() async throws {
        let matcher = RegexMatcher(try RegexPattern("[ab]*a[ab]{6}|k(s|_)+"))
        let count: @Sendable () -> Int = {
            var random = TextRandom(seed: 64)
            var scratch = MatchScratch()
            return (0..<3_000).count { _ in
                random.text(30).withUnsafeBytes { matcher.occurs(in: $0, scratch: &scratch) }
            }
        }
        let counts = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<4 { group.addTask { count() } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(counts == [Int](repeating: count(), count: 4) && counts[0] > 100 && counts[0] < 2_900)
    }
}
