import Testing

@testable import LogDB

struct BitPackingTests {
    @Test func numbersOfEveryWidthComeBack() {
        var random = SeededGenerator(seed: 11)
        var writer = PackedBitWriter()
        var numbers: [(value: UInt64, width: Int)] = []
        for _ in 0..<5_000 {
            let width = Int.random(in: 0...64, using: &random)
            let value = width == 0 ? 0 : UInt64.random(in: .min ... .max, using: &random) >> UInt64(64 - width)
            numbers.append((value, width))
            writer.append(value, width: width)
        }
        writer.finish()
        #expect(writer.bytes.count == (numbers.reduce(0) { $0 + $1.width } + 7) / 8)
        let bytes = writer.bytes + [UInt8](repeating: 0xff, count: BitPacking.paddingByteCount)
        var offset = 0
        bytes.withUnsafeBytes { raw in
            for (value, width) in numbers {
                #expect(BitPacking.value(in: raw.baseAddress!, at: offset, width: width) == value)
                offset += width
            }
        }
    }
}
