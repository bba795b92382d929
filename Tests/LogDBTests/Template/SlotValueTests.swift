import Testing

@testable import LogDB

struct SlotValueTests {
    private func written(_ value: UInt64, _ kind: SlotKind) -> String {
        var buffer = [UInt8](repeating: 0, count: SlotValue.writtenByteCountMax)
        let count = buffer.withUnsafeMutableBufferPointer { SlotValue.write(value, kind, to: $0.baseAddress!) }
        return String(decoding: buffer[..<count], as: UTF8.self)
    }

    private func digits(_ text: String) -> UInt64 {
        Array(text.utf8).withUnsafeBufferPointer { SlotValue.digits($0.baseAddress!, $0.count) }
    }

    private func hex(_ text: String) -> UInt64 {
        Array(text.utf8).withUnsafeBufferPointer { SlotValue.hex($0.baseAddress!, $0.count) }
    }

    @Test func digitsAreRankedByLengthAndThenByNumber() {
        let texts = ["0", "9", "00", "07", "10", "99", "000", "999", "1735863838155937", "9999999999999999999"]
        let ranks = texts.map(digits)
        #expect(ranks == ranks.sorted())
        #expect(Set(ranks).count == texts.count)
        #expect(ranks[..<6] == [0, 9, 10, 17, 20, 109])
        for (text, rank) in zip(texts, ranks) { #expect(written(rank, .digits) == text) }
    }

    @Test func hexadecimalDigitsAreRankedLikewise() {
        for text in ["0", "f", "00", "0a", "ffff", "35077e2", "fffffffffffffff"] {
            #expect(written(hex(text), .hex) == text)
            #expect(written(hex(text), .upperHex) == text.uppercased())
        }
    }

    @Test func everyNumberOfWideDigitsIsWritten() {
        #expect(written(0, .wideHex) == "0000000000000000")
        #expect(written(.max, .wideUpperHex) == "FFFFFFFFFFFFFFFF")
        #expect(
            written(0xfb4a_c192_a5f0_39c2, .uuidHead) + written(0xe2c3_35ba_5ced_3583, .uuidTail)
                == "fb4ac192-a5f0-39c2-e2c3-35ba5ced3583")
    }

    /// What a damaged file may hold.
    @Test func numbersOfNoStringAreRefused() {
        #expect(written(digits("9999999999999999999") + 1, .digits) == "")
        #expect(written(hex("fffffffffffffff") + 1, .hex) == "")
        #expect(written(.max, .digits) == "")
    }
}
