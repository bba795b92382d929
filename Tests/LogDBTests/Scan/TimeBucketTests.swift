import Testing

@testable import LogDB

struct TimeBucketTests {
    private static let edges: [Int64] = [
        .min, .min + 1, .min + 999_999, -1_000_001, -1_000_000, -1, 0, 1, 999_999, 1_000_000, .max - 1_000_000,
        .max - 1, .max,
    ]

    /// Boundaries lie at the offset plus multiples of the step; a bucket that would begin before the first moment of all
    /// begins there.
    @Test func bucketsBeginAtTheirBoundariesWhateverTheNumbers() {
        for time in Self.edges {
            for step: Int64 in [1, 7, 1_000_000, 86_400_000_000, 1 << 62, .max] {
                for offset in Self.edges {
                    #expect(
                        TimeBucket.start(time, step: step, offset: offset)
                            == NaiveBucket.start(time, step: step, offset: offset),
                        "time \(time), step \(step), offset \(offset)")
                }
            }
        }
    }
}
