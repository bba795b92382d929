/// How long to wait between attempts: twice as long after each failure, up to a bound, and less by a random part so
/// that a fleet does not come back in step.
public struct UploadBackoff: Sendable {
    /// The wait after the first failure, before the random part.
    public var first: Duration
    public var longest: Duration

    public init(first: Duration, longest: Duration) {
        self.first = first
        self.longest = longest
    }

    /// For a server that is away, busy or full.
    public static let standard = UploadBackoff(first: .milliseconds(200), longest: .seconds(30))
    /// For a refusal that only a person can lift, such as a missing permission.
    public static let patient = UploadBackoff(first: .seconds(5), longest: .seconds(60))

    /// The wait after `failureCount` failures in a row (1 or more): between half of the full wait and all of it.
    func delay(failureCount: Int, using random: inout SeededRandom) -> Duration {
        // Past 20 doublings every sensible bound is reached, and the product cannot overflow.
        let full = min(longest, first * (1 << min(max(failureCount - 1, 0), 20)))
        return full / 2 + full / 2 * Double.random(in: 0..<1, using: &random)
    }
}

/// A small random number generator with a seed (SplitMix64; Steele, Lea and Flood, "Fast splittable pseudorandom number
/// generators", 2014): the same seed gives the same waits, so that tests repeat.
struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
