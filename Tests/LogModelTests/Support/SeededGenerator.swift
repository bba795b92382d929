/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers on every run, so that a failure can be repeated.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }

    /// Up to `countMax` bytes of any kind.
    mutating func bytes(countMax: Int) -> [UInt8] {
        (0..<Int.random(in: 0...countMax, using: &self)).map { _ in UInt8.random(in: 0...255, using: &self) }
    }

    /// Up to `countMax` characters, those that JSON and CSV escape and those of several bytes among them.
    mutating func text(countMax: Int) -> String {
        let characters: [Character] = [
            "a", "Z", "0", " ", "\"", "\\", "/", "\n", "\t", "\u{0}", "\u{1f}", ",", "é", "日", "🤖",
        ]
        return String(
            (0..<Int.random(in: 0...countMax, using: &self)).map { _ in characters.randomElement(using: &self)! })
    }
}
