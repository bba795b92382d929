import Testing

@testable import Query

@Suite struct SortValueTests {
    @Test func order() {
        let sorted: [SortValue] = [
            .init(text: bytes("-10")), .init(text: bytes("-1.5")), .init(text: bytes("0")), .init(text: bytes("2")),
            .init(text: bytes("9007199254740992.0")), .init(text: bytes("9007199254740993")),
            .init(text: bytes("1e300")),
            .init(text: bytes("10a")), .init(text: bytes("B")), .init(text: bytes("a")), .init(text: bytes("b")),
            .missing,
        ]
        for (left, one) in sorted.enumerated() {
            for (right, other) in sorted.enumerated() {
                let order = SortValue.compare(one, other, isDescending: false)
                #expect(order.signum() == (left - right).signum(), "\(one) \(other)")
            }
        }
    }

    /// A text is compared the same without being read.
    @Test func textAsItLies() {
        let others =
            ["", "0", "12.5", "a", "text", "tex", "texts", "ä"].map { SortValue(text: bytes($0)) } + [.missing]
        for text in ["a", "text", "", "ü", ":", "B"] {
            for other in others {
                for isDescending in [false, true] {
                    let read = SortValue.compare(
                        SortValue(text: bytes(text)), other, isDescending: isDescending)
                    let lying = bytes(text).withUnsafeBytes {
                        SortValue.compare($0, other, isDescending: isDescending)
                    }
                    #expect(lying.signum() == read.signum(), "\(text) and \(other)")
                }
            }
        }
    }

    @Test func missingIsLastEitherWay() {
        #expect(SortValue.compare(.missing, .integer(1), isDescending: true) > 0)
        #expect(SortValue.compare(.integer(1), .missing, isDescending: true) < 0)
        #expect(SortValue.compare(.integer(1), .integer(2), isDescending: true) > 0)
    }

    @Test(arguments: ["0x10", "inf", "nan", "1_000", " 1", "", "--1", "1e", "+-1"]) func noNumbers(text: String) {
        #expect(SortValue(text: bytes(text)) == .text(bytes(text)))
    }

    @Test func extremes() {
        #expect(SortValue.compare(.integer(.max), .decimal(0x1p63), isDescending: false) < 0)
        #expect(SortValue.compare(.integer(.min), .decimal(-0x1p63), isDescending: false) == 0)
        #expect(SortValue.compare(.decimal(-0x1p70), .integer(.min), isDescending: false) < 0)
        #expect(SortValue.compare(.decimal(-0.5), .integer(-1), isDescending: false) > 0)
    }
}
