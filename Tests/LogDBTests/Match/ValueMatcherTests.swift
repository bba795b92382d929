import Testing

@testable import LogDB

@Suite struct ValueMatcherTests {
    private func matches(_ test: ValueTest, _ value: [UInt8]) -> Bool {
        var scratch = MatchScratch()
        return value.withUnsafeBytes { ValueMatcher(test).matches($0, scratch: &scratch) }
    }

    private func matches(_ test: ValueTest, _ value: String) -> Bool { matches(test, Array(value.utf8)) }

    @Test func equality() {
        #expect(matches(.equals(Array("Drone-7".utf8), caseSensitive: false), "DRONE-7"))
        #expect(!matches(.equals(Array("Drone-7".utf8), caseSensitive: true), "DRONE-7"))
        #expect(matches(.equals(Array("Drone-7".utf8), caseSensitive: true), "Drone-7"))
        #expect(!matches(.equals(Array("drone".utf8), caseSensitive: false), "drone-7"))
        #expect(!matches(.equals(Array("drone-7".utf8), caseSensitive: true), "drone"))
        #expect(matches(.equals(Array("MÜNCHEN k".utf8), caseSensitive: false), "münchen \u{212a}"))
        #expect(matches(.equals([], caseSensitive: false), "") && matches(.equals([], caseSensitive: true), ""))
        #expect(matches(.equals([0xff, 0x41], caseSensitive: false), [0xff, 0x61]))
        #expect(matches(.exists, "") && matches(.exists, "x"))
    }

    @Test func wildcardsCoverTheWholeValue() {
        let pattern = WildcardPattern([.literal(Array("Drone-".utf8)), .anyRun, .anyOne])
        #expect(matches(.wildcard(pattern), "drone-7") && matches(.wildcard(pattern), "DRONE-77"))
        #expect(!matches(.wildcard(pattern), "drone-") && !matches(.wildcard(pattern), "xdrone-7"))
        #expect(matches(.wildcard(WildcardPattern([.anyRun])), ""))
        #expect(matches(.wildcard(WildcardPattern([])), "") && !matches(.wildcard(WildcardPattern([])), "a"))
    }

    @Test func wildcardsAgreeWithTheirPlainMeaning() {
        var random = TextRandom(seed: 14)
        var found = 0
        for round in 0..<15_000 {
            let pattern = random.pattern()
            let value = random.text(7, onlyPlain: round % 2 == 0)
            let expected = NaiveText.matchesWhole(pattern, value)
            if expected { found += 1 }
            #expect(matches(.wildcard(pattern), value) == expected, "\(pattern) on \(value)")
        }
        #expect(found > 250)
    }

    /// Ascending; each differs from the next.
    @Test func numbersAreComparedExactly() {
        let ascending = [
            "-1e99999999999999999999", "-9223372036854775809", "-9223372036854775808", "-9223372036854775807", "-10",
            "-9.5",
            "-9.49", "-1", "-.5", "-1e-5", "0", "1e-400", "0.00099", ".001", "0.5", "1", "1.0000000000000000000001",
            "2",
            "9", "10", "99.99", "1e2", "123", "9007199254740992", "9007199254740993", "9223372036854775806",
            "9223372036854775807", "18446744073709551615", "18446744073709551616", "1e400", "1.5e400",
        ]
        for (left, value) in ascending.enumerated() {
            for (right, operand) in ascending.enumerated() {
                let operand = Array(operand.utf8)
                #expect(matches(.compare(.less, operand), value) == (left < right))
                #expect(matches(.compare(.lessOrEqual, operand), value) == (left <= right))
                #expect(matches(.compare(.greater, operand), value) == (left > right))
                #expect(matches(.compare(.greaterOrEqual, operand), value) == (left >= right))
            }
        }
    }

    @Test(arguments: [
        ("1", "1.0"), ("1", "+01.00e0"), ("100", "1e2"), ("100", "1.0E+2"), ("0.1", "1e-1"), ("0", "-0.000"),
        ("0", "0e9"),
        ("120", "12e1"), ("-1.50", "-15e-1"), ("1000000000000000000000", "1e21"),
    ])
    func sameNumbersAreEqual(_ left: String, _ right: String) {
        for (one, other) in [(left, right), (right, left)] {
            #expect(matches(.compare(.lessOrEqual, Array(one.utf8)), other))
            #expect(matches(.compare(.greaterOrEqual, Array(one.utf8)), other))
        }
    }

    @Test(arguments: [
        "", "-", "+", ".", "5.", "1e", "1e+", "e5", "1_000", " 1", "1 ", "0x10", "--1", "1.2.3", "1e5.0", "inf",
    ])
    func theseAreNoNumbers(_ text: String) {
        Array(text.utf8).withUnsafeBytes { #expect(DecimalText($0) == nil) }
    }

    @Test func textIsComparedByItsBytes() {
        #expect(matches(.compare(.less, Array("b".utf8)), "a") && matches(.compare(.less, Array("a".utf8)), "B"))
        #expect(matches(.compare(.less, Array("ab".utf8)), "a") && matches(.compare(.greater, []), "a"))
        // One side that is no number makes both text.
        #expect(
            matches(.compare(.less, Array("9x".utf8)), "10") && matches(.compare(.greater, Array("5".utf8)), "high"))
    }
}
