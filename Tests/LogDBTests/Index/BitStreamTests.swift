import Testing

@testable import LogDB

@Suite struct BitStreamTests {
    @Test func readsBackWhatWasWritten() {
        var random = TextRandom(seed: 3)
        for _ in 0..<500 {
            let values: [(kind: Int, value: UInt64, width: Int)] = (0..<100).map { _ in
                let kind = Int.random(in: 0..<4, using: &random)
                let width = Int.random(in: kind == 0 ? 0...56 : 0...20, using: &random)
                switch kind {
                case 0: return (0, random.next() & (1 << UInt64(width) - 1), width)
                case 1: return (1, UInt64.random(in: 0...300, using: &random), 0)
                case 2: return (2, UInt64.random(in: 0...(100 << UInt64(width)), using: &random), width)
                default: return (3, UInt64.random(in: 1...0xffff_ffff, using: &random), 0)
                }
            }
            var writer = BitWriter()
            for (kind, value, width) in values {
                switch kind {
                case 0: writer.bits(value, width)
                case 1: writer.unary(value)
                case 2: writer.rice(value, width)
                default: writer.gamma(value)
                }
            }
            let bytes = writer.finish()
            bytes.withUnsafeBytes { raw in
                var reader = BitReader(raw)
                for (kind, value, width) in values {
                    switch kind {
                    case 0: #expect(reader.bits(width) == value)
                    case 1: #expect(reader.unary() == value)
                    case 2: #expect(reader.rice(width) == value)
                    default: #expect(reader.gamma() == value)
                    }
                }
                #expect(!reader.isOverrun)
                _ = reader.bits(8)
                #expect(reader.isOverrun)
            }
        }
    }

    @Test func bitsAreLowestFirst() {
        var writer = BitWriter()
        writer.bits(0b101, 3)
        writer.unary(2)
        writer.rice(0b1011, 2)
        #expect(writer.finish() == [0b0010_0101, 0b0000_0111])
    }

    @Test func endlessZerosEndAtTheEnd() {
        [UInt8](repeating: 0, count: 100).withUnsafeBytes { raw in
            var unary = BitReader(raw)
            _ = unary.unary()
            #expect(unary.isOverrun)
            var gamma = BitReader(raw)
            _ = gamma.gamma()
            #expect(gamma.isOverrun)
        }
    }
}
