import Foundation
import LogModel
import Testing

@testable import Query

@Suite struct SketchTests {
    @Test(arguments: [1, 100, 10_000, 200_000, 1_000_000])
    func differentHashesAreEstimated(count: Int) {
        var sketch = HyperLogLog()
        for value in 0..<count {
            let hash = withUnsafeBytes(of: value) { ByteHash.hash($0) }
            sketch.add(hash)
            sketch.add(hash)
        }
        #expect(abs(sketch.estimate - Double(count)) <= max(1, Double(count) * 0.025))
    }

    @Test(arguments: [1, 2, 256, 257, 5_000, 50_000])
    func quantilesAreWithinTheError(count: Int) throws {
        var random = SeededGenerator(state: UInt64(count))
        var sketch = QuantileSketch()
        var numbers: [Double] = []
        for index in 0..<count {
            let size = exp(Double.random(in: -10...20, using: &random))
            let number = index % 7 == 0 ? 0 : index % 3 == 0 ? -size : size
            numbers.append(number)
            sketch.add(.decimal(number), count: 1)
        }
        numbers.sort()
        for share in [0, 0.01, 0.25, 0.5, 0.75, 0.9, 0.99, 1] {
            let exact = numbers[Int((share * Double(count - 1)).rounded(.down))]
            let found = try #require(sketch.quantile(share)).double
            #expect(abs(found - exact) <= abs(exact) * 0.0101, "\(share) of \(count)")
            if count <= QuantileSketch.exactCountMax { #expect(found == exact) }
        }
    }

    @Test func nothingHasNoQuantile() { #expect(QuantileSketch().quantile(0.5) == nil) }

    @Test func countedNumbersAreAsManyOfThem() {
        var counted = QuantileSketch()
        var single = QuantileSketch()
        for (number, count) in [(5, 300), (7, 10), (-3, 1)] as [(Int64, UInt64)] {
            counted.add(.integer(number), count: count)
            for _ in 0..<count { single.add(.integer(number), count: 1) }
        }
        for share in [0, 0.2, 0.5, 0.98, 1] { #expect(counted.quantile(share) == single.quantile(share)) }
    }

    @Test(
        arguments: [
            ("12", Number.integer(12)), ("-7", .integer(-7)), ("1.5", .decimal(1.5)), ("1e3", .decimal(1000)),
            ("9223372036854775807", .integer(.max)), ("", nil), ("-", nil), ("x", nil), ("1x", nil), ("0x10", nil),
            ("nan", nil), ("12 ", nil),
        ] as [(String, Number?)])
    func numbersAreRead(text: String, number: Number?) { #expect(Number(Value(text)) == number) }
}
