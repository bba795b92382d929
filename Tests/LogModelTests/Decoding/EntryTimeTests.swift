import Testing

@testable import LogModel

@Suite struct EntryTimeTests {
    private func read(_ text: String, isInMicroseconds: Bool = false) -> Int64? {
        Array(text.utf8).withUnsafeBytes { EntryTime.read($0, isInMicroseconds: isInMicroseconds)?.microseconds }
    }

    @Test(
        arguments: [
            ("1735862401", 1_735_862_401_000_000), ("1735862401119", 1_735_862_401_119_000),
            ("1735862401119348", 1_735_862_401_119_348), ("1735862401119348999", 1_735_862_401_119_348),
            ("1735862401.5", 1_735_862_401_500_000), ("1735862401.119348", 1_735_862_401_119_348),
            ("1735862401.1193489", 1_735_862_401_119_348), ("1735862401119.348", 1_735_862_401_119_348),
            ("1735862401119348.9", 1_735_862_401_119_348), ("2025-01-03T00:00:01.119348Z", 1_735_862_401_119_348),
            ("0000000000", 0), ("9999999999999999", 9_999_999_999_999_999),
        ] as [(String, Int64)])
    func moments(_ text: String, _ expected: Int64) {
        #expect(read(text) == expected)
        #expect(read(text, isInMicroseconds: true) == expected)
    }

    @Test(
        arguments: [
            ("0", 0), ("-1", -1), ("5000000", 5_000_000), ("12345678901234567", 12_345_678_901_234_567),
            ("-9223372036854775808", Int64.min),
        ] as [(String, Int64)])
    func otherLengthsNeedTheirUnit(_ text: String, _ expected: Int64) {
        #expect(read(text) == nil)
        #expect(read(text, isInMicroseconds: true) == expected)
    }

    @Test(arguments: [
        "", "-", ".", "1735862401.", "1735862401.x", ".5", "1.5e9", "now", "17358624011193/8", "173586240111934:",
        "yesterday",
        "99999999999999999999", "-9223372036854775809", "1735862401.5.5", "true",
    ])
    func otherTextIsNoTime(_ text: String) {
        #expect(read(text) == nil)
        #expect(read(text, isInMicroseconds: true) == nil)
    }
}
