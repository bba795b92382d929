import LogModel
import Testing

@testable import LogDB

@Suite struct TextMatcherTests {
    private static func bytes(_ text: String) -> [UInt8] { CaseFolding.fold(Array(text.utf8)) }

    /// `*` and `?` as in queries.
    private static func pattern(_ text: String) -> WildcardPattern {
        WildcardPattern(
            text.map { character in
                switch character {
                case "*": .anyRun
                case "?": .anyOne
                default: .literal(Array(String(character).utf8))
                }
            })
    }

    private func matches(_ test: TextTest, _ message: [UInt8]) -> Bool {
        var scratch = MatchScratch()
        return message.withUnsafeBytes { TextMatcher(test).matches($0, scratch: &scratch) }
    }

    @Test(arguments: [
        ("gps", "GPS signal weak", true), ("gps", "gpsd started", false), ("gps", "mygps", false),
        ("gps", "a-gps.", true),
        ("gps", "gps_1", false), ("weak", "GPS signal weak", true), ("kelvin", "300 \u{212a}elvin", true),
        ("größe", "GRÖSSE GRÖßE", true), ("e", "\u{e9} e\u{301}", true), ("e", "\u{e9}", false),
        ("10.0", "10.0", false),
        ("", "a", false), ("a", "", false),
    ])
    func words(_ word: String, _ message: String, _ expected: Bool) {
        #expect(matches(.word(Self.bytes(word)), Array(message.utf8)) == expected)
    }

    @Test(arguments: [
        ("received block", "Received block blk_1", true), ("received block", "received blocks", false),
        ("10.250.", "from 10.250.7.1", true), ("10.250.", "from 110.250.7.1", false), ("10.0.0.1", "10.0.0.12", false),
        ("worker-thread-3", "in Worker-Thread-3:", true), ("-3", "x-3", true), ("-3", "x-34", false),
        ("(", "f(x)", true), ("a  b", "a b", false), ("ock bl", "block blk", false), ("\u{e9}t", "\u{c9}T!", true),
        ("aa aa", "aaa aa aa", true),
    ])
    func phrases(_ phrase: String, _ message: String, _ expected: Bool) {
        #expect(matches(.phrase(Self.bytes(phrase), openEnd: false), Array(message.utf8)) == expected)
    }

    @Test func anOpenEndLetsTheLastTokenGoOn() {
        #expect(matches(.phrase(Self.bytes("received block"), openEnd: true), Array("received blocks".utf8)))
        #expect(!matches(.phrase(Self.bytes("received block"), openEnd: true), Array("unreceived blocks".utf8)))
        #expect(matches(.phrase([], openEnd: false), []) && matches(.phrase([], openEnd: false), [0xff]))
    }

    @Test(arguments: [
        ("obst*", "obstacle ahead", true), ("obst*", "an obst", true), ("obst*", "lobster", false),
        ("*stac*", "obstacle", true), ("*stac*", "sta c", false), ("o?s*e", "OBStacle", true), ("?", "ab c", true),
        ("?", "ab cd", false), ("?", "\u{4e2d}", true), ("*", "-", false), ("*", "a", true),
        ("a*b*c", "axbxcx abc", true),
        ("a-*", "a-b", false), ("", "a", false),
    ])
    func tokenWildcards(_ pattern: String, _ message: String, _ expected: Bool) {
        #expect(matches(.tokenWildcard(Self.pattern(pattern)), Array(message.utf8)) == expected)
    }

    @Test(arguments: [
        ("worker-*-3", "Worker-thread-3", true), ("worker-*-3", "worker-thread-34", false),
        ("worker-*-3*", "worker-thread-34", true), ("worker-?", "worker-12", true), ("orker-*", "worker-1", false),
        ("*orker-*", "worker-1", true), ("/usr/*/log", "open /usr/local/log: no", true),
        ("a.?.c", "a.\u{4e2d}.c", true),
        ("a-b", "xa-b a-b", true), ("a-b", "xa-b a-bx", false), ("*", "", true), ("-*-3", "-3 -33 -3", true),
    ])
    func textWildcards(_ pattern: String, _ message: String, _ expected: Bool) {
        #expect(matches(.textWildcard(Self.pattern(pattern)), Array(message.utf8)) == expected)
    }

    @Test func aPatternOfManyRunsEndsSoon() {
        let pattern = Self.pattern(String(repeating: "*a", count: 200) + "*b")
        let message = [UInt8](repeating: UInt8(ascii: "a"), count: 20_000)
        #expect(!matches(.tokenWildcard(pattern), message) && !matches(.textWildcard(pattern), message))
        #expect(matches(.tokenWildcard(pattern), message + [UInt8(ascii: "b")]))
    }

    @Test func agreesWithThePlainMeaningOnRandomTexts() {
        var random = TextRandom(seed: 12)
        var found = 0
        for round in 0..<15_000 {
            let test = random.test()
            let message = random.text(9, onlyPlain: round % 2 == 0)
            let expected = NaiveText.matches(test, message)
            if expected { found += 1 }
            #expect(matches(test, message) == expected, "\(test) on \(message)")
        }
        #expect(found > 1_500, "the random tests must not all miss")
    }

    @Test func aColumnGivesWhatItsRowsGive() {
        var random = TextRandom(seed: 13)
        var scratch = MatchScratch()
        for round in 0..<400 {
            var column = ByteColumn()
            for _ in 0..<Int.random(in: 0...150, using: &random) {
                let isPlain = round % 2 == 0 || random.next() % 8 != 0
                random.text(round % 5 == 0 ? 2 : 12, onlyPlain: isPlain).withUnsafeBytes { column.append($0) }
            }
            let test = random.test()
            let matcher = TextMatcher(test)
            let density = [1, 2, 40][round % 3]
            var rows = Bitmap(count: column.count)
            var expected = Bitmap(count: column.count)
            var result = Bitmap(count: column.count)
            for row in 0..<column.count {
                if random.next() % UInt64(density) == 0 { rows.set(row) }
                // Bits that were set before stay.
                if random.next() % 16 == 0 { result.set(row) }
            }
            expected.formUnion(result)
            rows.forEachSet { row in
                if NaiveText.matches(test, column[row]) { expected.set(row) }
            }
            column.bytes.withUnsafeBytes { bytes in
                column.ends.withUnsafeBufferPointer { ends in
                    matcher.matches(bytes: bytes, ends: ends, rows: rows, into: &result, scratch: &scratch)
                }
            }
            #expect(result == expected, "\(test)")
        }
    }

    @Test func aHitOverTheEndOfARowIsNone() {
        var column = ByteColumn()
        for message in ["x gps", "signal", "gps sig", "nal gps signal", "gps-", "-signal"] {
            Array(message.utf8).withUnsafeBytes { column.append($0) }
        }
        var result = Bitmap(count: 6)
        var scratch = MatchScratch()
        let matcher = TextMatcher(.phrase(Self.bytes("gps signal"), openEnd: false))
        column.bytes.withUnsafeBytes { bytes in
            column.ends.withUnsafeBufferPointer { ends in
                matcher.matches(
                    bytes: bytes, ends: ends, rows: Bitmap(count: 6, all: true), into: &result, scratch: &scratch)
            }
        }
        #expect(result.setCount == 1 && result[3])
    }
}
